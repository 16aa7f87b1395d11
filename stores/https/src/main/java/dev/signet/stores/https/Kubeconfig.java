package dev.signet.stores.https;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import dev.signet.yaml.YamlValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * A kubeconfig that stands in a Secret: where the server of its current context is and who asks.
 *
 * <p>Whoever may write that Secret must not read files of this process nor run programs in it. So
 * what names a file or a program is refused, and certificates and tokens stand in it themselves. A
 * server whose certificate is not to be checked is refused too.
 */
record Kubeconfig(String server, Trust trust, Optional<String> authorization) {

  private static final ReadLimits LIMITS = new ReadLimits(1 << 20, 1, 64, 50_000, 1_000);

  static Kubeconfig read(byte[] yaml, String where) throws MalformedObjectException {
    Object tree;
    try {
      tree = YamlValue.read(yaml, where, LIMITS, DuplicateKeys.LAST_WINS);
    } catch (MalformedDocumentException e) {
      throw new MalformedObjectException(where + " holds no kubeconfig: it is not YAML");
    }
    if (!(tree instanceof Map<?, ?> map)) {
      throw new MalformedObjectException(where + " holds no kubeconfig");
    }
    Fields config = Fields.of(map, where + ": ");
    String current = config.string("current-context").orElse("");
    Fields context = named(config, "contexts", current, "context");
    Fields cluster = named(config, "clusters", context.string("cluster").orElse(""), "cluster");
    Fields user = named(config, "users", context.string("user").orElse(""), "user");
    return of(cluster, user);
  }

  private static Fields named(Fields config, String list, String name, String field)
      throws MalformedObjectException {
    for (Fields each : config.objects(list)) {
      if (each.string("name").orElse("").equals(name)) {
        return each.requiredObject(field);
      }
    }
    throw new MalformedObjectException(
        config.path() + list + " has none of the name that its current-context leads to");
  }

  private static Kubeconfig of(Fields cluster, Fields user) throws MalformedObjectException {
    String server = cluster.requiredString("server");
    byte[] authority = data(cluster, "certificate-authority-data");
    refuseOthers(cluster);
    byte[] certificate = data(user, "client-certificate-data");
    byte[] key = data(user, "client-key-data");
    Optional<String> token = user.string("token").filter(each -> !each.isEmpty());
    Optional<String> name = user.string("username").filter(each -> !each.isEmpty());
    String password = user.string("password").orElse("");
    refuseOthers(user);
    Optional<String> basic =
        name.map(
            each ->
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString((each + ":" + password).getBytes(StandardCharsets.UTF_8)));
    Trust trust = Trust.in(authority);
    return new Kubeconfig(
        server,
        certificate.length == 0 ? trust : trust.as(certificate, key),
        token.map(each -> "Bearer " + each).or(() -> basic));
  }

  private static byte[] data(Fields fields, String name) throws MalformedObjectException {
    String text = fields.string(name).orElse("");
    return text.isEmpty() ? new byte[0] : Trust.decoded(text, fields.path() + "." + name);
  }

  private static void refuseOthers(Fields fields) throws MalformedObjectException {
    for (String name : fields.unread()) {
      throw new MalformedObjectException(
          name
              + " is not followed in a kubeconfig of a store, which names no files, no programs and"
              + " no server that is not checked");
    }
  }
}
