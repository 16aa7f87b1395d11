package dev.signet.testkit.cluster;

import dev.signet.testkit.Needs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Moto, a stand-in for many services of AWS, in memory and on loopback. It is the program that the
 * environment variable {@code MOTO_SERVER} names, else {@code moto_server} on the PATH, else the
 * version that {@link PythonBuild} installs once.
 *
 * <p>It checks no signatures and no policies, and throttles nobody. One server serves all tests of
 * a run: each uses names of its own, or empties it.
 */
public final class Moto implements AutoCloseable {

  private static final String NAME = "moto";

  private final Server server;
  private final Spawner spawner;
  private final URI uri;
  private final HttpClient client;

  private Moto(Server server, Spawner spawner, URI uri, HttpClient client) {
    this.server = server;
    this.spawner = spawner;
    this.uri = uri;
    this.client = client;
  }

  /** A test without the program is skipped as {@link Needs} says. */
  public static Moto start() throws IOException {
    List<String> command = new ArrayList<>(program(System.getenv()));
    int port = Ports.free().etcd();
    command.addAll(List.of("-H", "127.0.0.1", "-p", Integer.toString(port)));
    URI uri = URI.create("http://127.0.0.1:" + port);
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    Spawner spawner = Spawner.tied();
    Server server =
        new Server(
            NAME,
            Files.createTempDirectory("moto-"),
            command,
            spawner,
            () ->
                send(client, HttpRequest.newBuilder(uri.resolve("/moto-api/data.json")).GET())
                        .statusCode()
                    == 200);
    try {
      server.start();
    } catch (IllegalStateException e) {
      spawner.close();
      throw e;
    }
    return new Moto(server, spawner, uri, client);
  }

  private static List<String> program(Map<String, String> environment) {
    String named = environment.getOrDefault("MOTO_SERVER", "");
    Optional<Path> program =
        named.isEmpty()
            ? Programs.onPath("moto_server", environment).findFirst()
            : Optional.of(Path.of(named));
    if (program.isPresent()) {
      return List.of(program.get().toString());
    }
    try {
      return List.of(new PythonBuild(environment).python(NAME).toString(), "-m", "moto.server");
    } catch (Programs.MissingException e) {
      Needs.that(
          false,
          "moto_server, but " + e.getMessage(),
          "install Python 3.10 or newer with venv and be online once, or set MOTO_SERVER");
      throw new IllegalStateException("a need that was not met let the test go on", e);
    }
  }

  public String url() {
    return uri.toString();
  }

  /** Where each service is, by the variable that tells External Secrets. */
  public Map<String, String> environment() {
    return Map.of(
        "AWS_SECRETSMANAGER_ENDPOINT", url(), "AWS_SSM_ENDPOINT", url(), "AWS_STS_ENDPOINT", url());
  }

  /** Forgets all it holds. */
  public void reset() throws IOException {
    HttpResponse<String> answer =
        send(
            client,
            HttpRequest.newBuilder(uri.resolve("/moto-api/reset")).POST(BodyPublishers.noBody()));
    if (answer.statusCode() != 200) {
      throw new IOException("moto answered " + answer.statusCode() + ": " + answer.body());
    }
  }

  /**
   * Does what somebody else does there, in eu-central-1, of the services whose calls are JSON.
   *
   * @param target such as {@code secretsmanager.CreateSecret}
   * @return what it answers, which is JSON
   */
  public String call(String target, String json) throws IOException {
    return call(target, json, "eu-central-1");
  }

  /** The same in another region. */
  public String call(String target, String json, String region) throws IOException {
    HttpResponse<String> answer = ask(target, json, region);
    if (answer.statusCode() != 200) {
      throw new IOException(target + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body();
  }

  /** The same where it may fail. */
  public HttpResponse<String> ask(String target, String json) throws IOException {
    return ask(target, json, "eu-central-1");
  }

  private HttpResponse<String> ask(String target, String json, String region) throws IOException {
    String service = target.startsWith("AmazonSSM") ? "ssm" : "secretsmanager";
    return send(
        client,
        HttpRequest.newBuilder(uri.resolve("/"))
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("X-Amz-Target", target)
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/"
                    + region
                    + "/"
                    + service
                    + "/aws4_request, SignedHeaders=host, Signature=0")
            .POST(BodyPublishers.ofString(json)));
  }

  private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request)
      throws IOException {
    try {
      return client.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Its process: a test may stop it and start it again, which loses all it holds. */
  public Server server() {
    return server;
  }

  @Override
  public void close() {
    server.kill();
    spawner.close();
    client.shutdownNow();
  }
}
