package dev.signet.stores.https;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.template.Floats;
import dev.signet.template.select.ByteString;
import dev.signet.template.select.Json;
import dev.signet.template.select.SelectorException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * External Secrets' {@code webhook} provider: an HTTP endpoint of anybody, asked with templates for
 * the address, the headers and the body, its answer taken apart by a JSONPath.
 *
 * <p>Templates see {@code .remoteRef.key}, {@code .version}, {@code .property} and {@code
 * .namespace}, or of a push {@code .remoteRef.remoteKey}, {@code .secretKey} and the value under
 * the remote key; and {@code .name.key} of each Secret in {@code secrets}, which has to carry the
 * label that says so. In the address what stands below {@code remoteRef} is escaped.
 *
 * <p>Where this is not as upstream: deleting escapes too and sees the Secrets; a number that is not
 * whole keeps its fraction; the body of a push is the value whatever the remote key looks like; an
 * answer has to come within 30 seconds where no timeout is given.
 */
public final class WebhookStore implements SecretStore, Writable {

  private static final int CONNECT_MILLIS = 15_000;

  private final String identity;
  private final WebhookRequest request;
  private final String namespace;

  private WebhookStore(String identity, WebhookRequest request, String namespace) {
    this.identity = identity;
    this.request = request;
    this.namespace = namespace;
  }

  /**
   * Opens stores of that kind.
   *
   * @param rendering what their templates may do
   */
  public static StoreProvider provider(Rendering rendering) {
    return provider(rendering, ApiCalls.UNCOUNTED);
  }

  /**
   * The same, counted: whatever is answered is a call that succeeded, as upstream has it.
   *
   * @param rendering what their templates may do
   * @param calls told of each request that is sent
   */
  public static StoreProvider provider(Rendering rendering, ApiCalls calls) {
    return new StoreProvider() {
      private final Clients clients = new Clients();

      @Override
      public String name() {
        return "webhook";
      }

      @Override
      public Capabilities capabilities() {
        return Capabilities.ReadWrite;
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException, StoreException {
        WebhookRequest request =
            WebhookRequest.of(identity, configuration, references, rendering, clients, calls);
        try {
          configuration.refuseUnread();
        } catch (MalformedObjectException e) {
          request.close();
          throw e;
        }
        return new WebhookStore(identity, request, references.user().orElse(""));
      }
    };
  }

  /** What lets endpoints make values, asked as those of that provider are. */
  public static Generator generator(StoreProvider webhook) {
    return new WebhookGenerator(webhook);
  }

  private Map<String, byte[]> asked(String key, String property, String version) {
    Map<String, byte[]> ref = new LinkedHashMap<>();
    ref.put("key", bytes(key));
    ref.put("version", bytes(version));
    ref.put("property", bytes(property));
    ref.put("namespace", bytes(namespace));
    return ref;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    Map<String, byte[]> asked = asked(ref.key(), ref.property(), ref.version());
    String path = request.resultPath(asked);
    try (Endpoint.Answer answer = answer(asked, ref.key())) {
      byte[] value =
          path.isEmpty() ? answer.body().clone() : single(selected(json(answer.body()), path));
      return new Item(
          SecretBytes.wrap(value), new Origin(identity, ref.key(), ref.property(), ref.version()));
    }
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    // A generator asks for nothing in particular, and its templates have no remoteRef.
    Map<String, byte[]> asked =
        ref.key().isEmpty() ? Map.of() : asked(ref.key(), ref.property(), ref.version());
    String path = request.resultPath(asked);
    try (Endpoint.Answer answer = answer(asked, ref.key())) {
      // What is read stands in the answer: values have to be out of it before it is closed.
      Json found = json(answer.body());
      if (!path.isEmpty()) {
        found = selected(found, path);
      }
      if (found instanceof Json.Text(ByteString text)) {
        found = json(text.toBytes());
      }
      return members(found, ref);
    }
  }

  private Material members(Json found, RemoteRef ref) throws StoreException {
    if (!(found instanceof Json.Obj object)) {
      throw new StoreException(
          new Problem.Malformed(),
          "failed to get response: " + identity + " answered with JSON that is no object");
    }
    Material material = new Material();
    object
        .members()
        .forEach(
            (name, value) ->
                material.put(
                    name.text(),
                    new Item(
                        SecretBytes.wrap(text(value)),
                        new Origin(identity, ref.key(), name.text(), ref.version()))));
    return material;
  }

  private Endpoint.Answer answer(Map<String, byte[]> asked, String key) throws StoreException {
    Endpoint.Answer answer = request.send(request.method("GET"), asked, Optional.empty());
    if (answer.succeeded()) {
      return answer;
    }
    try (answer) {
      throw request
          .endpoint()
          .problem(key.isEmpty() ? "cannot fetch" : "cannot fetch key " + key, answer);
    }
  }

  private Json json(byte[] body) throws StoreException {
    try {
      return Json.parse(body);
    } catch (SelectorException e) {
      // Cut off, or somebody else's page: it may be better next time.
      throw request.endpoint().unreachable("sent an answer that is no JSON");
    }
  }

  private Json selected(Json document, String path) throws StoreException {
    try {
      return JsonPath.parse(path, "result.jsonPath").get(document);
    } catch (JsonPath.NothingThereException e) {
      throw new StoreException(
          new Problem.Unreachable(),
          "failed to get response path " + path + " of " + identity + ": " + e.getMessage());
    } catch (MalformedObjectException e) {
      throw new StoreException(new Problem.Malformed(), identity + ": " + e.getMessage());
    }
  }

  /** Of an array the first, as upstream has to keep it. */
  private byte[] single(Json value) throws StoreException {
    if (value instanceof Json.Arr array) {
      if (array.elements().isEmpty()) {
        throw new StoreException(
            new Problem.Unreachable(),
            "filter worked but didn't get any result, in the answer of " + identity);
      }
      return single(array.elements().getFirst());
    }
    return text(value);
  }

  private static byte[] text(Json value) {
    return switch (value) {
      case Json.Null _ -> new byte[0];
      case Json.Bool(boolean truth) -> bytes(String.valueOf(truth));
      case Json.Num(double number) -> bytes(number(number));
      case Json.Text(ByteString text) -> text.toBytes();
      case Json.Arr _, Json.Obj _ -> {
        try {
          yield value.encode();
        } catch (SelectorException e) {
          throw new IllegalStateException("what was read can be written", e);
        }
      }
    };
  }

  private static String number(double number) {
    return number == Math.rint(number)
        ? new BigDecimal(number).toPlainString()
        : Floats.format(number, 'f', -1, 64);
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    push(remote, value, "");
  }

  @Override
  public void push(
      Remote remote, SecretBytes value, Source source, Map<String, @Nullable Object> metadata)
      throws StoreException {
    push(remote, value, source.key());
  }

  private void push(Remote remote, SecretBytes value, String key) throws StoreException {
    if (remote.key().isEmpty()) {
      throw new StoreException(new Problem.Malformed(), "remote key must be defined");
    }
    Map<String, byte[]> asked = new LinkedHashMap<>();
    asked.put("remoteKey", bytes(remote.key()));
    if (!key.isEmpty()) {
      asked.put("secretKey", bytes(key));
    }
    byte[] pushed = value.with(byte[]::clone);
    asked.put(remote.key(), pushed);
    try (Endpoint.Answer answer =
        request.send(request.method("POST"), asked, Optional.of(pushed))) {
      if (!answer.succeeded()) {
        throw request.endpoint().problem("failed to push webhook data", answer);
      }
    } finally {
      Arrays.fill(pushed, (byte) 0);
    }
  }

  /** By the names of reading and of pushing: one address may be for both. */
  private Map<String, byte[]> either(Remote remote) {
    Map<String, byte[]> asked = asked(remote.key(), "", "");
    asked.put("remoteKey", bytes(remote.key()));
    return asked;
  }

  @Override
  public boolean exists(Remote remote) throws StoreException {
    try (Endpoint.Answer answer = request.send("GET", either(remote), Optional.empty())) {
      if (answer.code() == 404) {
        return false;
      }
      if (!answer.succeeded()) {
        throw request.endpoint().problem("cannot look for key " + remote.key(), answer);
      }
      return true;
    }
  }

  @Override
  public void delete(Remote remote) throws StoreException {
    Map<String, byte[]> asked = either(remote);
    try (Endpoint.Answer answer = request.send("DELETE", asked, Optional.of(new byte[0]))) {
      if (!answer.succeeded() && answer.code() != 404) {
        throw request.endpoint().problem("delete endpoint gave error", answer);
      }
    }
  }

  /** Whether there is something to connect to; the address may depend on what is asked for. */
  @Override
  public Validity validate() throws StoreException {
    Optional<URI> fixed = request.fixedServer();
    if (fixed.isEmpty()) {
      return Validity.UNKNOWN;
    }
    URI uri = fixed.get();
    int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("http") ? 80 : 443;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(uri.getHost(), port), CONNECT_MILLIS);
      return Validity.READY;
    } catch (IOException e) {
      throw request.endpoint().unreachable("cannot be connected to");
    }
  }

  @Override
  public void close() {
    request.close();
  }
}
