package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.ContextBuilder;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
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

  /** What the context that is meant is called among those of the files. */
  private static final String CHOSEN = "the chosen context";

  private final Config config;
  private final Credentials credentials;
  private final Tls tls;
  private final Optional<String> asUid;

  private Connection(Config config, Credentials credentials, Tls tls, Optional<String> asUid) {
    this.config = config;
    this.credentials = credentials;
    this.tls = tls;
    this.asUid = asUid;
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
    return find(environment, home, kubeconfig, Overrides.ofContext(context), clock);
  }

  /**
   * As {@link #find(Map, Path, Optional, Optional, InstantSource)}, with what is said beside it.
   */
  public static Connection find(
      Map<String, String> environment,
      Path home,
      Optional<Path> kubeconfig,
      Overrides overrides,
      InstantSource clock)
      throws ObjectsException {
    if (kubeconfig.isPresent()) {
      return kubeconfig(List.of(kubeconfig.get()), overrides, environment, clock);
    }
    List<Path> named =
        Stream.of(environment.getOrDefault("KUBECONFIG", "").split(File.pathSeparator))
            .filter(each -> !each.isEmpty())
            .map(Path::of)
            .toList();
    if (!named.isEmpty()) {
      return kubeconfig(named, overrides, environment, clock);
    }
    Path usual = home.resolve(".kube").resolve("config");
    if (Files.exists(usual)) {
      return kubeconfig(List.of(usual), overrides, environment, clock);
    }
    if (overrides.server().isPresent()) {
      return kubeconfig(List.of(), overrides, environment, clock);
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
    return connect(
        config, new TokenFile(token, clock), Overrides.NONE, Optional.empty(), environment);
  }

  /** A context of these files, of which earlier ones win; files that do not exist are skipped. */
  public static Connection kubeconfig(
      List<Path> files,
      Optional<String> context,
      Map<String, String> environment,
      InstantSource clock)
      throws ObjectsException {
    return kubeconfig(files, Overrides.ofContext(context), environment, clock);
  }

  /** As {@link #kubeconfig(List, Optional, Map, InstantSource)}, with what is said beside it. */
  public static Connection kubeconfig(
      List<Path> files, Overrides overrides, Map<String, String> environment, InstantSource clock)
      throws ObjectsException {
    List<io.fabric8.kubernetes.api.model.Config> parsed = new ArrayList<>();
    for (Path file : files) {
      if (files.size() == 1 || Files.exists(file)) {
        parsed.add(parse(file));
      }
    }
    String where = String.join(", ", files.stream().map(Path::toString).toList());
    Context chosen = context(parsed, overrides, where);
    AuthInfo user =
        first(parsed.stream().map(io.fabric8.kubernetes.api.model.Config::getUsers))
            .filter(each -> Objects.equals(each.getName(), chosen.getUser()))
            .findFirst()
            .map(each -> each.getUser())
            .orElseGet(AuthInfo::new);
    Cluster cluster = cluster(parsed, chosen, overrides, where);
    Config config = empty();
    String server = server(cluster, overrides);
    Credentials credentials =
        overrides.identify()
            ? Credentials.FIXED
            : credentials(user, where, clock, environment, server);
    // Set before merging, or fabric8 would run the plugin itself.
    config.setOauthTokenProvider(credentials.provider());
    try {
      parsed.addFirst(only(chosen));
      KubeConfigUtils.merge(
          config, CHOSEN, parsed.toArray(new io.fabric8.kubernetes.api.model.Config[0]));
    } catch (KubernetesClientException e) {
      throw new ObjectsException(new Problem.Malformed(), where + ": " + e.getMessage());
    }
    config.setMasterUrl(server);
    if (config.getNamespace() == null) {
      config.setNamespace("default");
    }
    Optional<String> as = overrides.as().or(() -> Optional.ofNullable(user.getAs()));
    if (as.filter(name -> !name.isEmpty()).isPresent()) {
      config.setImpersonateUsername(as.get());
      config.setImpersonateGroups(
          (overrides.asGroups().isEmpty() ? user.getAsGroups() : overrides.asGroups())
              .toArray(new String[0]));
      config.setImpersonateExtras(user.getAsUserExtra());
    }
    identify(config, overrides);
    trust(config, overrides);
    return connect(
        config,
        credentials,
        named(overrides, cluster),
        overrides.proxyUrl().or(() -> Optional.ofNullable(cluster.getProxyUrl())),
        environment);
  }

  /** The context that is meant, with the cluster and the user that are. */
  private static Context context(
      List<io.fabric8.kubernetes.api.model.Config> parsed, Overrides overrides, String where)
      throws ObjectsException {
    Optional<String> wanted = overrides.context().or(() -> currentContext(parsed));
    Context context = new Context();
    if (wanted.isPresent()) {
      context =
          first(parsed.stream().map(io.fabric8.kubernetes.api.model.Config::getContexts))
              .filter(each -> wanted.get().equals(each.getName()) && each.getContext() != null)
              .findFirst()
              .map(NamedContext::getContext)
              .orElseThrow(
                  () ->
                      new ObjectsException(
                          new Problem.NotFound(),
                          where + " has no context \"" + wanted.get() + "\""));
    } else if (overrides.server().isEmpty() && overrides.cluster().isEmpty()) {
      throw new ObjectsException(
          new Problem.NotFound(), where + " has no current-context; name one with --context");
    }
    return new ContextBuilder(context)
        .withCluster(overrides.cluster().orElse(context.getCluster()))
        .withUser(overrides.user().orElse(context.getUser()))
        .build();
  }

  private static Cluster cluster(
      List<io.fabric8.kubernetes.api.model.Config> parsed,
      Context chosen,
      Overrides overrides,
      String where)
      throws ObjectsException {
    Optional<Cluster> found =
        first(parsed.stream().map(io.fabric8.kubernetes.api.model.Config::getClusters))
            .filter(each -> Objects.equals(each.getName(), chosen.getCluster()))
            .findFirst()
            .map(NamedCluster::getCluster);
    if (found.isEmpty() && (overrides.server().isEmpty() || overrides.cluster().isPresent())) {
      throw new ObjectsException(
          new Problem.NotFound(), where + " has no cluster \"" + chosen.getCluster() + "\"");
    }
    return found.orElseGet(Cluster::new);
  }

  /** Without a scheme it is https where there is anything to do with certificates, as in Go. */
  private static String server(Cluster cluster, Overrides overrides) {
    String server = overrides.server().orElseGet(() -> Stub.orEmpty(cluster.getServer()));
    if (server.isEmpty() || server.contains("://")) {
      return server;
    }
    boolean certificates =
        overrides.insecure()
            || overrides.certificateAuthority().isPresent()
            || overrides.clientCertificate().isPresent()
            || !isEmpty(cluster.getCertificateAuthority())
            || !isEmpty(cluster.getCertificateAuthorityData());
    return (certificates ? "https://" : "http://") + server;
  }

  /** A file with one context, which wins over those of the same name that follow. */
  private static io.fabric8.kubernetes.api.model.Config only(Context chosen) {
    NamedContext named = new NamedContext();
    named.setName(CHOSEN);
    named.setContext(chosen);
    var config = new io.fabric8.kubernetes.api.model.Config();
    config.setContexts(List.of(named));
    config.setClusters(List.of());
    config.setUsers(List.of());
    return config;
  }

  private static void identify(Config config, Overrides overrides) {
    if (overrides.identify()) {
      config.setOauthToken(overrides.token().orElse(null));
      config.setAutoOAuthToken(null);
      config.setUsername(overrides.username().orElse(null));
      config.setPassword(overrides.password().orElse(overrides.username().isPresent() ? "" : null));
    }
    if (overrides.clientCertificate().isPresent() || overrides.clientKey().isPresent()) {
      overrides
          .clientCertificate()
          .ifPresent(
              file -> {
                config.setClientCertData(null);
                config.setClientCertFile(file);
              });
      overrides
          .clientKey()
          .ifPresent(
              file -> {
                config.setClientKeyData(null);
                config.setClientKeyFile(file);
              });
    }
  }

  /** An authority and trusting anybody take each other's place. */
  private static void trust(Config config, Overrides overrides) {
    if (overrides.insecure() || overrides.certificateAuthority().isPresent()) {
      config.setTrustCerts(overrides.insecure());
      config.setCaCertData(null);
      config.setCaCertFile(overrides.certificateAuthority().orElse(null));
    }
  }

  /** The name belongs to the server: another server takes the kubeconfig's away. */
  private static Overrides named(Overrides overrides, Cluster cluster) {
    return overrides.server().isPresent() || overrides.tlsServerName().isPresent()
        ? overrides
        : overrides.withTlsServerName(Optional.ofNullable(cluster.getTlsServerName()));
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
      Overrides overrides,
      Optional<String> proxyUrl,
      Map<String, String> environment)
      throws ObjectsException {
    config.setOauthTokenProvider(credentials.provider());
    Optional<String> proxy = Proxies.choose(config.getMasterUrl(), proxyUrl, environment);
    config.setHttpProxy(proxy.orElse(null));
    config.setHttpsProxy(proxy.orElse(null));
    return new Connection(
        config,
        credentials,
        Tls.of(config, overrides.tlsServerName().filter(name -> !name.isEmpty())),
        overrides.asUid());
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

  /** The URL of the API server. */
  public String server() {
    String url = config.getMasterUrl();
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  Config config() {
    return config;
  }

  /** What fabric8 does not take from its configuration. */
  void apply(HttpClient.Builder builder) {
    tls.apply(builder);
    asUid.ifPresent(
        uid ->
            builder.addOrReplaceInterceptor(
                "SIGNET-UID",
                new Interceptor() {
                  @Override
                  public void before(BasicBuilder request, HttpRequest original, RequestTags tags) {
                    request.setHeader("Impersonate-Uid", uid);
                  }
                }));
  }

  Credentials credentials() {
    return credentials;
  }

  @Override
  public String toString() {
    return "Connection[" + server() + "]";
  }
}
