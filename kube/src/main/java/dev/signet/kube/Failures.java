package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Answers that are no success, in the words of {@link ObjectsException}.
 *
 * <p>What the API server says is quoted, with one exception. Of an answer to a request that carried
 * values nothing is quoted but what cannot hold one: a message of validation (422), conflict or
 * RBAC, in which everything between quotes after "Invalid value:" is cut; of an admission webhook
 * its name; of a malformed request (400) nothing at all, since decoders quote what they could not
 * read.
 */
final class Failures {

  private static final Pattern RBAC =
      Pattern.compile("User \"([^\"]*)\" cannot (\\S+) resource \"([^\"]*)\"");
  private static final Pattern WEBHOOK =
      Pattern.compile("^admission webhook \"([^\"]*)\" denied the request");
  private static final Pattern INVALID_VALUE =
      Pattern.compile("Invalid value: (?:\"(?:[^\"\\\\]|\\\\.)*\"|[^:]*)");
  private static final int LONGEST_MESSAGE = 1000;

  private Failures() {}

  /**
   * What was asked for.
   *
   * @param what the verb and the object, such as {@code update Secret production/db}
   * @param resource as RBAC names it, such as {@code secrets} or {@code sealedsecrets/status}
   * @param group the API group
   * @param carriesValues whether the request held secret values
   */
  record Asked(
      String verb,
      String what,
      String resource,
      String group,
      String namespace,
      boolean carriesValues) {

    @Override
    public String toString() {
      return verb + " " + what;
    }
  }

  static ObjectsException of(Asked asked, int code, byte[] body, Duration retryAfter) {
    String said = said(asked, code, body);
    return switch (code) {
      case 401 ->
          new ObjectsException(
              new Problem.Denied(),
              "cannot "
                  + asked
                  + ": the cluster does not accept the credentials (401); log in again or renew"
                  + " the token");
      case 403 -> new ObjectsException(new Problem.Denied(), forbidden(asked, said));
      case 404, 410 -> failure(new Problem.NotFound(), asked, or(said, "it does not exist"));
      case 409 -> failure(new Problem.Conflict(), asked, or(said, "it changed meanwhile"));
      case 400, 413, 422 ->
          failure(new Problem.Denied(), asked, or(said, "it is refused (" + code + ")"));
      case 429 ->
          failure(
              new Problem.Throttled(retryAfter),
              asked,
              "the API server has too much to do; ask again in " + seconds(retryAfter));
      default ->
          code >= 500 || code == 408
              ? failure(
                  new Problem.Unreachable(),
                  asked,
                  "the API server failed (" + code + ")" + after(said))
              : failure(
                  new Problem.Malformed(), asked, "unexpected answer (" + code + ")" + after(said));
    };
  }

  private static ObjectsException failure(Problem problem, Asked asked, String why) {
    return new ObjectsException(problem, "cannot " + asked + ": " + why);
  }

  private static String seconds(Duration time) {
    return Math.max(1, time.plusMillis(999).toSeconds()) + " s";
  }

  private static String or(String said, String otherwise) {
    return said.isEmpty() ? otherwise : said;
  }

  private static String after(String said) {
    return said.isEmpty() ? "" : ": " + said;
  }

  private static String forbidden(Asked asked, String said) {
    Matcher rbac = RBAC.matcher(said);
    if (!rbac.find()) {
      return "cannot " + asked + ": " + or(said, "it is forbidden (403)");
    }
    String group = asked.group().isEmpty() ? "" : " in group \"" + asked.group() + "\"";
    String where =
        asked.namespace().isEmpty() ? " at cluster scope" : " in namespace " + asked.namespace();
    return "cannot "
        + asked
        + ": "
        + rbac.group(1)
        + " may not "
        + rbac.group(2)
        + " "
        + rbac.group(3)
        + where
        + "; a role has to grant the verb \""
        + rbac.group(2)
        + "\" on \""
        + asked.resource()
        + "\""
        + group;
  }

  private static String said(Asked asked, int code, byte[] body) {
    String message = "";
    try {
      Map<String, @Nullable Object> status = Json.read(body);
      if (status.get("message") instanceof String text) {
        message = text;
      }
    } catch (IOException e) {
      // A proxy's page, not a Status: the code says enough.
      return "";
    }
    if (asked.carriesValues()) {
      message = withoutValues(code, message);
    }
    return message.length() > LONGEST_MESSAGE
        ? message.substring(0, LONGEST_MESSAGE) + "..."
        : message;
  }

  private static String withoutValues(int code, String message) {
    Matcher webhook = WEBHOOK.matcher(message);
    if (webhook.find()) {
      return webhook.group();
    }
    return switch (code) {
      case 403, 404, 409, 422 ->
          INVALID_VALUE.matcher(message).replaceAll("Invalid value: (not shown)");
      default -> "";
    };
  }

  /** Nothing came back. */
  static ObjectsException unreachable(Asked asked, String server, Throwable cause) {
    return new ObjectsException(
        new Problem.Unreachable(), "cannot " + asked + ": " + unreachable(server, cause));
  }

  /** Why a connection fails, and what to do about it. */
  static String unreachable(String server, Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof NamedServer.OtherNameException) {
        return "cannot reach " + server + ": " + each.getMessage() + ", as tls-server-name asks";
      }
      if (each instanceof CertificateException
          || String.valueOf(each.getMessage()).contains("PKIX path")) {
        return "the certificate of "
            + server
            + " is not from an authority that is trusted here; put the cluster's authority into"
            + " certificate-authority(-data) of the kubeconfig";
      }
      if (each instanceof java.net.UnknownHostException
          || each instanceof java.nio.channels.UnresolvedAddressException) {
        return "no such host: " + server;
      }
    }
    for (Throwable each = cause; each != null; each = each.getCause()) {
      // The JDK's client says no more than that a channel is closed.
      if (each instanceof java.net.ConnectException && each.getMessage() == null) {
        return "cannot reach "
            + server
            + ": connection refused; check the address, the proxy and whether the API server runs";
      }
    }
    Throwable root = cause;
    while (root.getCause() != null && !(root instanceof SSLException)) {
      root = root.getCause();
    }
    String why = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return "cannot reach "
        + server
        + ": "
        + why.toLowerCase(Locale.ROOT)
        + "; check the address, the proxy and whether the API server runs";
  }
}
