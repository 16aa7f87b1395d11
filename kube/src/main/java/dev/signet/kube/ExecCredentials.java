package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program that prints a token, as {@code users[].exec} of a kubeconfig names it
 * (client.authentication.k8s.io v1 and v1beta1). It is run without a shell; what it says on stderr
 * ends up in the message when it fails, and nowhere otherwise. The token is used until ten seconds
 * before it expires, or until the API server refuses it.
 *
 * <p>Not supported: client certificates from a plugin, and plugins that have to talk to somebody on
 * the terminal.
 */
final class ExecCredentials implements Credentials, OAuthTokenProvider {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration MARGIN = Duration.ofSeconds(10);
  private static final int LONGEST_OUTPUT = 1 << 20;

  private final List<String> command;
  private final Map<String, String> environment;
  private final String apiVersion;
  private final InstantSource clock;

  private String token = "";
  private Instant expires = Instant.MIN;

  private ExecCredentials(
      List<String> command,
      Map<String, String> environment,
      String apiVersion,
      InstantSource clock) {
    this.command = command;
    this.environment = environment;
    this.apiVersion = apiVersion;
    this.clock = clock;
  }

  static ExecCredentials of(
      ExecConfig exec,
      String kubeconfig,
      InstantSource clock,
      Map<String, String> environment,
      String server)
      throws ObjectsException {
    String version = String.valueOf(exec.getApiVersion());
    if (!version.equals("client.authentication.k8s.io/v1")
        && !version.equals("client.authentication.k8s.io/v1beta1")) {
      throw new ObjectsException(
          new Problem.Malformed(),
          kubeconfig + ": exec plugins of apiVersion " + version + " are not supported");
    }
    List<String> command = new ArrayList<>();
    String program = exec.getCommand();
    if (program.contains(File.separator) && !program.startsWith(File.separator)) {
      // As in client-go: relative to the kubeconfig.
      program = Path.of(kubeconfig).toAbsolutePath().resolveSibling(program).toString();
    }
    command.add(program);
    if (exec.getArgs() != null) {
      command.addAll(exec.getArgs());
    }
    Map<String, String> variables = new LinkedHashMap<>(environment);
    if (exec.getEnv() != null) {
      exec.getEnv().forEach(each -> variables.put(each.getName(), each.getValue()));
    }
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("interactive", false);
    if (Boolean.TRUE.equals(exec.getProvideClusterInfo())) {
      spec.put("cluster", Map.of("server", server));
    }
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("kind", "ExecCredential");
    info.put("apiVersion", version);
    info.put("spec", spec);
    variables.put("KUBERNETES_EXEC_INFO", new String(Json.write(info), StandardCharsets.UTF_8));
    return new ExecCredentials(command, variables, version, clock);
  }

  @Override
  public OAuthTokenProvider provider() {
    return this;
  }

  @Override
  public synchronized void refused() {
    expires = Instant.MIN;
  }

  @Override
  public synchronized String getToken() {
    if (clock.instant().isBefore(expires)) {
      return token;
    }
    try {
      run();
      return token;
    } catch (IOException e) {
      throw new KubernetesClientException(
          "the credential plugin " + command.get(0) + " failed: " + e.getMessage(), e);
    }
  }

  private void run() throws IOException {
    Path said = Files.createTempFile("credential-plugin-", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().clear();
      builder.environment().putAll(environment);
      builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
      builder.redirectError(said.toFile());
      Process process = builder.start();
      byte[] output = process.getInputStream().readNBytes(LONGEST_OUTPUT);
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("it does not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException("exit code " + process.exitValue() + ": " + lastLine(said));
      }
      read(output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(said);
    }
  }

  private static String lastLine(Path said) throws IOException {
    List<String> lines =
        new String(Files.readAllBytes(said), StandardCharsets.UTF_8).lines().toList();
    return lines.isEmpty() ? "it said nothing" : lines.getLast();
  }

  private void read(byte[] output) throws IOException {
    Map<String, @Nullable Object> credential;
    try {
      credential = Json.read(output);
    } catch (IOException e) {
      throw new IOException("its output is not an ExecCredential", e);
    }
    if (!apiVersion.equals(credential.get("apiVersion"))) {
      throw new IOException("its output is not of apiVersion " + apiVersion);
    }
    if (!(credential.get("status") instanceof Map<?, ?> status)
        || !(status.get("token") instanceof String printed)) {
      throw new IOException("its output has no status.token");
    }
    token = printed;
    expires = Instant.MAX;
    if (status.get("expirationTimestamp") instanceof String time) {
      try {
        expires = Instant.parse(time).minus(MARGIN);
      } catch (DateTimeParseException e) {
        throw new IOException("its expirationTimestamp is not a time", e);
      }
    }
  }
}
