package dev.signet.cli;

import static java.util.Objects.requireNonNull;

import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import dev.signet.kube.Services;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.GoJson;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a Sealed Secrets controller answers, ours or upstream's: through the service proxy of an API
 * server or at a URL. It sees of a SealedSecret what decides whether its items open, and nothing
 * more, so that there is nothing else that could come back changed.
 *
 * <p>Asked once at a time, by however many threads: controllers let two requests a second through,
 * and who is told to come again later does.
 */
final class SealingService implements AutoCloseable {

  /** It gave no answer, or none that is understood. */
  static final class NoAnswerException extends Exception {
    NoAnswerException(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return requireNonNull(super.getMessage());
    }
  }

  /** How a request gets there. */
  interface Way extends AutoCloseable {
    /**
     * One exchange.
     *
     * @param body sent with POST; without one it is a GET
     */
    Services.Answer ask(String path, Optional<byte[]> body) throws ObjectsException;

    @Override
    void close();
  }

  private final Way way;
  private final String where;
  private final ReentrantLock one = new ReentrantLock();

  private SealingService(Way way, String where) {
    this.way = way;
    this.where = where;
  }

  /** Behind a Service of a cluster; closes {@code services} when it is closed. */
  static SealingService behind(Services services, String server, String namespace, String name)
      throws ObjectsException, CommandFailure {
    String service = namespace + "/" + name;
    Services.Answer found = services.get(namespace, name);
    Optional<String> port = found.code() == 200 ? Services.firstPort(found) : Optional.empty();
    if (port.isEmpty()) {
      throw CommandFailure.of(
          "cannot find the controller: "
              + (found.code() == 200
                  ? "the Service " + service + " has no ports"
                  : KubesealStatus.text(
                      "get services " + name, found.code(), found.body(), /* quotable= */ false)),
          "name its Service with --controller-namespace and --controller-name");
    }
    String proxied = "http:" + name + ":" + port.get();
    return new SealingService(
        new Way() {
          @Override
          public Services.Answer ask(String path, Optional<byte[]> body) throws ObjectsException {
            return services.ask(namespace, proxied, path, "*/*", body);
          }

          @Override
          public void close() {
            services.close();
          }
        },
        service + " at " + server);
  }

  /** At an address where it listens itself. */
  static SealingService at(Surroundings surroundings, URI url, Duration patience)
      throws CommandFailure {
    return new SealingService(SealingUrl.of(surroundings, url, patience), url.toString());
  }

  /** For people. */
  String where() {
    return where;
  }

  /** The certificate whose key it seals with. */
  SealingCertificate certificate() throws CommandFailure {
    try {
      Services.Answer answer = ask("/v1/cert.pem", Optional.empty());
      if (answer.code() != 200) {
        throw new NoAnswerException(told("get", answer));
      }
      return SealingCertificate.read(answer.body());
    } catch (NoAnswerException | MalformedKeyException e) {
      throw CommandFailure.of("the controller's certificate: " + e.getMessage());
    }
  }

  /** Whether each of these items opens in the place of the object. */
  boolean opens(SealedSecret sealed, Map<String, String> items) throws NoAnswerException {
    Services.Answer answer = post("/v1/verify", sealed.bare(items));
    return switch (answer.code()) {
      case 200 -> true;
      case 409 -> false;
      default -> throw new NoAnswerException(told("post", answer));
    };
  }

  /** The object's items as it sealed them anew; nothing when one of them does not open. */
  Optional<Map<String, String>> rotate(SealedSecret sealed, Map<String, String> items)
      throws NoAnswerException {
    Services.Answer answer = post("/v1/rotate", sealed.bare(items));
    if (answer.code() == 500 && !opens(sealed, items)) {
      // The status for what does not open and for whatever else went wrong.
      return Optional.empty();
    }
    if (answer.code() != 200) {
      throw new NoAnswerException(told("post", answer));
    }
    try {
      List<Document> documents =
          Documents.read(
              answer.body(), "the controller's reply", ReadLimits.DEFAULT, DuplicateKeys.REJECTED);
      if (documents.size() == 1) {
        return Optional.of(SealedSecret.read(documents.getFirst().tree()).encryptedData());
      }
    } catch (MalformedDocumentException | MalformedObjectException e) {
      throw new NoAnswerException(String.valueOf(e.getMessage()));
    }
    throw new NoAnswerException("the controller's reply is not one SealedSecret");
  }

  private Services.Answer post(String path, SealedSecret sealed) throws NoAnswerException {
    String json = GoJson.write(sealed.write(), GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN);
    return ask(path, Optional.of(json.getBytes(StandardCharsets.UTF_8)));
  }

  private Services.Answer ask(String path, Optional<byte[]> body) throws NoAnswerException {
    one.lock();
    try {
      return way.ask(path, body);
    } catch (ObjectsException e) {
      String why = String.valueOf(e.getMessage());
      throw new NoAnswerException(
          e.problem() instanceof Problem.Unreachable ? "no answer: " + why : why);
    } finally {
      one.unlock();
    }
  }

  private String told(String verb, Services.Answer answer) {
    return KubesealStatus.text(
        verb + " " + where, answer.code(), answer.body(), /* quotable= */ true);
  }

  @Override
  public void close() {
    way.close();
  }
}
