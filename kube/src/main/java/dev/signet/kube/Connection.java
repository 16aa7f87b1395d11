package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the API server is, whom it is to trust and who asks: from a kubeconfig, or as a pod.
 *
 * <p>fabric8 reads and merges kubeconfig files, builds TLS from their certificates and renews OIDC
 * tokens. What it would take from system properties and environment by itself is left out, so that
 * nothing but what is passed in decides; what it does differently from kubectl is done here: a
 * context that does not exist is an error, token files are read again, plugins for credentials are
 * run without a shell and with their errors apart ({@link ExecCredentials}), a proxy in the
 * kubeconfig is used whatever its scheme ({@link Proxies}).
 */
public final class Connection {

  /** Where a pod finds its service account. */
  public static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private final Config config;
  private final Credentials credentials;
  private final Tls tls;

  private Connection(Config config, Credentials credentials, Tls tls) {
    this.config = config;
    this.credentials = credentials;
    this.tls = tls;
  }

  /**
   * What kubectl would connect to: {@code kubeconfig} if given, else the files of {@code
   * KUBECONFIG}, else {@code ~/.kube/config}, else, in a pod, the cluster it runs in.
   *
   * @param kubeconfig the value of {@code --kubeconfig}
   * @param context the value of {@code --context}; the current one otherwise
   */
  public static Connection find(
      Map<String, String> environment,
      Path home,
      Optional<Path> kubeconfig,
      Optional<String> context,
      InstantSource clock)
      throws ObjectsException {
    if (kubeconfig.isPresent()) {
      return kubeconfig(List.of(kubeconfig.get()), context, environment, clock);
    }
    List<Path> named =
        Stream.of(environment.getOrDefault("KUBECONFIG", "").split(File.pathSeparator))
            .filter(each -> !each.isEmpty())
            .map(Path::of)
            .toList();
    if (!named.isEmpty()) {
      return kubeconfig(named, context, environment, clock);
    }
    Path usual = home.resolve(".kube").resolve("config");
    if (Files.exists(usual)) {
      return kubeconfig(List.of(usual), context, environment, clock);
    }
    if (environment.containsKey("KUBERNETES_SERVICE_HOST")) {
      return inCluster(environment, SERVICE_ACCOUNT, clock);
    }
    throw new ObjectsException(
        new Problem.NotFound(),
        "no cluster: neither --kubeconfig nor KUBECONFIG is given, "
            + usual
            + " does not exist, and this is not a pod");
  }

  /**
   * The cluster that this pod runs in.
   *
   * @param serviceAccount the folder with {@code token}, {@code ca.crt} and {@code namespace}
   */
  public static Connection inCluster(
      Map<String, String> environment, Path serviceAccount, InstantSource clock)
      throws ObjectsException {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    if (host.isEmpty()) {
      throw new ObjectsException(
          new Problem.NotFound(), "KUBERNETES_SERVICE_HOST is not set: this is not a pod");
    }
    Path token = serviceAccount.resolve("token");
    if (!Files.isReadable(token)) {
      throw new ObjectsException(
          new Problem.NotFound(),
          "cannot read " + token + ": the pod needs automountServiceAccountToken: true");
    }
    Config config = empty();
    config.setMasterUrl("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    config.setCaCertFile(serviceAccount.resolve("ca.crt").toString());
    try {
      config.setNamespace(Files.readString(serviceAccount.resolve("namespace")).strip());
    } catch (IOException e) {
      config.setNamespace("default");
    }
    return connect(config, new TokenFile(token, clock), Optional.empty(), environment);
  }

  /** A context of these files, of which earlier ones win; files that do not exist are skipped. */
  public static Connection kubeconfig(
      List<Path> files,
      Optional<String> context,
      Map<String, String> environment,
      InstantSource clock)
      throws ObjectsException {
    List<io.fabric8.kubernetes.api.model.Config> parsed = new ArrayList<>();
    for (Path file : files) {
      if (files.size() == 1 || Files.exists(file)) {
        parsed.add(parse(file));
      }
    }
    String where = String.join(", ", files.stream().map(Path::toString).toList());
    String wanted =
        context
            .or(() -> currentContext(parsed))
            .orElseThrow(
                () ->
                    new ObjectsException(
                        new Problem.NotFound(),
                        where + " has no current-context; name one with --context"));
    NamedContext chosen =
        first(parsed.stream().map(io.fabric8.kubernetes.api.model.Config::getContexts))
            .filter(each -> wanted.equals(each.getName()) && each.getContext() != null)
            .findFirst()
            .orElseThrow(
                () ->
                    new ObjectsException(
                        new Problem.NotFound(),
                        where + " has no context \"" + wanted + "\"" + others(parsed)));
    AuthInfo user =
        first(parsed.stream().map(io.fabric8.kubernetes.api.model.Config::getUsers))
            .filter(each -> Objects.equals(each.getName(), chosen.getContext().getUser()))
            .findFirst()
            .map(each -> each.getUser())
            .orElseGet(AuthInfo::new);
    var cluster =
        first(parsed.stream().map(io.fabric8.kubernetes.api.model.Config::getClusters))
            .filter(each -> Objects.equals(each.getName(), chosen.getContext().getCluster()))
            .findFirst()
            .map(each -> each.getCluster())
            .orElseThrow(
                () ->
                    new ObjectsException(
                        new Problem.NotFound(),
                        where
                            + " has no cluster \""
                            + chosen.getContext().getCluster()
                            + "\", which context \""
                            + wanted
                            + "\" names"));
    if (!isEmpty(cluster.getTlsServerName())) {
      throw new ObjectsException(
          new Problem.Malformed(),
          where + ": tls-server-name is not supported; use a server name that the certificate has");
    }
    Config config = empty();
    Credentials credentials = credentials(user, where, clock, environment, cluster.getServer());
    // Set before merging, or fabric8 would run the plugin itself.
    config.setOauthTokenProvider(credentials.provider());
    try {
      KubeConfigUtils.merge(
          config, wanted, parsed.toArray(new io.fabric8.kubernetes.api.model.Config[0]));
    } catch (KubernetesClientException e) {
      throw new ObjectsException(new Problem.Malformed(), where + ": " + e.getMessage());
    }
    if (config.getNamespace() == null) {
      config.setNamespace("default");
    }
    if (!isEmpty(user.getAs())) {
      config.setImpersonateUsername(user.getAs());
      config.setImpersonateGroups(user.getAsGroups().toArray(new String[0]));
      config.setImpersonateExtras(user.getAsUserExtra());
    }
    return connect(config, credentials, Optional.ofNullable(cluster.getProxyUrl()), environment);
  }

  private static io.fabric8.kubernetes.api.model.Config parse(Path file) throws ObjectsException {
    if (!Files.isReadable(file)) {
      throw new ObjectsException(new Problem.NotFound(), "cannot read the kubeconfig " + file);
    }
    try {
      return KubeConfigUtils.parseConfig(file.toFile());
    } catch (KubernetesClientException e) {
      throw new ObjectsException(new Problem.Malformed(), file + " is not a kubeconfig");
    }
  }

  private static Credentials credentials(
      AuthInfo user,
      String where,
      InstantSource clock,
      Map<String, String> environment,
      String server)
      throws ObjectsException {
    if (user.getExec() != null) {
      return ExecCredentials.of(user.getExec(), where, clock, environment, server);
    }
    if (!isEmpty(user.getTokenFile()) && isEmpty(user.getToken())) {
      return new TokenFile(Path.of(user.getTokenFile()), clock);
    }
    if (user.getAuthProvider() != null
        && !"oidc".equalsIgnoreCase(user.getAuthProvider().getName())) {
      throw new ObjectsException(
          new Problem.Malformed(),
          where
              + ": auth-provider \""
              + user.getAuthProvider().getName()
              + "\" is gone from Kubernetes; use the exec plugin that replaced it");
    }
    return Credentials.FIXED;
  }

  private static Connection connect(
      Config config,
      Credentials credentials,
      Optional<String> proxyUrl,
      Map<String, String> environment)
      throws ObjectsException {
    config.setOauthTokenProvider(credentials.provider());
    Optional<String> proxy = Proxies.choose(config.getMasterUrl(), proxyUrl, environment);
    config.setHttpProxy(proxy.orElse(null));
    config.setHttpsProxy(proxy.orElse(null));
    return new Connection(config, credentials, Tls.of(config));
  }

  private static Config empty() {
    Config config = Config.empty();
    config.setAutoConfigure(false);
    // One connection a watch, and no stream limit shared with requests.
    config.setHttp2Disable(true);
    config.setOnlyHttpWatches(true);
    // A request is sent once; who asked decides whether to ask again.
    config.setRequestRetryBackoffLimit(0);
    return config;
  }

  private static String others(List<io.fabric8.kubernetes.api.model.Config> parsed) {
    List<String> names =
        first(parsed.stream().map(io.fabric8.kubernetes.api.model.Config::getContexts))
            .map(NamedContext::getName)
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    return names.isEmpty() ? "" : "; it has " + String.join(", ", names);
  }

  private static Optional<String> currentContext(
      List<io.fabric8.kubernetes.api.model.Config> parsed) {
    return parsed.stream()
        .map(io.fabric8.kubernetes.api.model.Config::getCurrentContext)
        .filter(each -> !isEmpty(each))
        .findFirst();
  }

  private static <T> Stream<T> first(Stream<List<T>> lists) {
    return lists.filter(Objects::nonNull).flatMap(List::stream);
  }

  private static boolean isEmpty(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  /** The namespace of the context or of the pod, {@code default} if there is none. */
  public String namespace() {
    return config.getNamespace();
  }

  /** The context of the kubeconfig, empty in a pod. */
  public Optional<String> context() {
    return Optional.ofNullable(config.getCurrentContext()).map(NamedContext::getName);
  }

  /** The URL of the API server. */
  public String server() {
    String url = config.getMasterUrl();
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  Config config() {
    return config;
  }

  Tls tls() {
    return tls;
  }

  Credentials credentials() {
    return credentials;
  }

  @Override
  public String toString() {
    return "Connection[" + server() + "]";
  }
}
