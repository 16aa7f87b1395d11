package dev.signet.stores.https;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.delivery.GoDuration;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import dev.signet.template.Limits;
import dev.signet.template.Options;
import dev.signet.template.Template;
import dev.signet.template.TemplateException;
import dev.signet.template.Value;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The request that a webhook's configuration describes, and the Secrets that it is rendered with;
 * closing it zeroes these.
 */
final class WebhookRequest implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final References.Label FOR_WEBHOOKS =
      new References.Label("external-secrets.io/type", "webhook");

  private final Endpoint endpoint;
  private final Rendering rendering;
  private final String identity;
  private final String method;
  private final String url;
  private final String body;
  private final String resultPath;
  private final Map<String, String> headers;
  private final Map<String, Material> secrets;
  private final ApiCalls calls;

  private WebhookRequest(
      Endpoint endpoint,
      Rendering rendering,
      String identity,
      Fields configuration,
      Map<String, Material> secrets,
      ApiCalls calls)
      throws MalformedObjectException {
    this.endpoint = endpoint;
    this.rendering = rendering;
    this.identity = identity;
    this.method = configuration.string("method").orElse("");
    this.url = configuration.requiredString("url");
    this.body = configuration.string("body").orElse("");
    Optional<Fields> result = configuration.object("result");
    this.resultPath = result.isPresent() ? result.get().string("jsonPath").orElse("") : "";
    this.headers = configuration.stringMap("headers");
    this.secrets = secrets;
    this.calls = calls;
  }

  static WebhookRequest of(
      String identity,
      Fields configuration,
      References references,
      Rendering rendering,
      Clients clients,
      ApiCalls calls)
      throws MalformedObjectException, StoreException {
    Optional<Fields> auth = configuration.object("auth");
    if (auth.isPresent()) {
      throw new MalformedObjectException(
          auth.get().path()
              + ".ntlm is not in this version; put an Authorization header with the credentials of"
              + " a Secret into headers where the server takes one");
    }
    Endpoint endpoint;
    try {
      endpoint =
          new Endpoint(
              clients.of(Trust.of(configuration, references)), identity, timeout(configuration));
    } catch (GeneralSecurityException | IOException e) {
      throw new MalformedObjectException(
          configuration.path() + " names certificates that are none");
    }
    Map<String, Material> secrets = new LinkedHashMap<>();
    boolean complete = false;
    try {
      for (Fields each : configuration.objects("secrets")) {
        String name = each.requiredString("name");
        // One opened only to be looked at may not say whose Secrets these are.
        if (references.user().isPresent()) {
          Material read = references.secret(each.requiredObject("secretRef"), FOR_WEBHOOKS);
          secrets.merge(name, read, WebhookRequest::both);
        } else {
          Fields unused = each.requiredObject("secretRef");
          unused.names().forEach(unused::raw);
        }
      }
      WebhookRequest request =
          new WebhookRequest(endpoint, rendering, identity, configuration, secrets, calls);
      complete = true;
      return request;
    } finally {
      if (!complete) {
        secrets.values().forEach(Material::close);
      }
    }
  }

  private static Material both(Material first, Material second) {
    first.putAll(second);
    return first;
  }

  private static Duration timeout(Fields configuration) throws MalformedObjectException {
    Optional<String> text = configuration.string("timeout");
    if (text.isEmpty()) {
      return TIMEOUT;
    }
    return GoDuration.parse(text.get())
        .filter(Duration::isPositive)
        .orElseThrow(
            () ->
                new MalformedObjectException(
                    configuration.path() + ".timeout is not a duration such as 10s or 1m"));
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** The one that is configured, else that one. */
  String method(String otherwise) {
    return method.isEmpty() ? otherwise : method;
  }

  /** Where it goes, unless that depends on what is asked for. */
  Optional<URI> fixedServer() {
    int path = url.indexOf('/', url.indexOf("://") + 3);
    String server = path < 0 ? url : url.substring(0, path);
    if (server.contains("{{")) {
      return Optional.empty();
    }
    try {
      URI uri = URI.create(server);
      return uri.getHost() == null || uri.getScheme() == null ? Optional.empty() : Optional.of(uri);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The JSONPath for an answer, empty when all of it is wanted. */
  String resultPath(Map<String, byte[]> asked) throws StoreException {
    return text(rendered("result.jsonPath", resultPath, asked, /* escaped= */ false));
  }

  /**
   * @param asked what templates see as {@code remoteRef}; nothing is there when it is empty
   * @param otherwise the body where none is configured
   */
  Endpoint.Answer send(String method, Map<String, byte[]> asked, Optional<byte[]> otherwise)
      throws StoreException {
    boolean configured = !body.isEmpty() && !method.equals("DELETE");
    byte[] sent =
        configured ? rendered("body", body, asked, false) : otherwise.orElseGet(() -> new byte[0]);
    try {
      HttpRequest.Builder request = HttpRequest.newBuilder(address(asked));
      for (Map.Entry<String, String> each : headers.entrySet()) {
        header(request, each.getKey(), each.getValue(), asked);
      }
      try {
        request.method(
            method, sent.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(sent));
      } catch (IllegalArgumentException e) {
        throw malformed("method is none of HTTP's");
      }
      return counted(request);
    } finally {
      if (configured) {
        Arrays.fill(sent, (byte) 0);
      }
    }
  }

  private Endpoint.Answer counted(HttpRequest.Builder request) throws StoreException {
    boolean answered = false;
    try {
      Endpoint.Answer answer = endpoint.send(request);
      answered = true;
      return answer;
    } finally {
      calls.ended("Webhook", "HTTPRequest", answered);
    }
  }

  private void header(
      HttpRequest.Builder request, String name, String template, Map<String, byte[]> asked)
      throws StoreException {
    String value = text(rendered("header " + name, template, asked, /* escaped= */ false));
    try {
      request.header(name, value);
    } catch (IllegalArgumentException e) {
      throw malformed("header " + name + " cannot be sent: its name or its value is not allowed");
    }
  }

  private URI address(Map<String, byte[]> asked) throws StoreException {
    String rendered = text(rendered("url", url, asked, /* escaped= */ true));
    try {
      URI uri = URI.create(rendered);
      if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Its message holds the address.
    }
    throw malformed("url is no address such as https://host/path once it is rendered");
  }

  private StoreException malformed(String what) {
    return new StoreException(new Problem.Malformed(), identity + ": " + what);
  }

  private static String text(byte[] rendered) {
    return new String(rendered, StandardCharsets.UTF_8);
  }

  /** A message names what was rendered and which function failed, and no value. */
  private byte[] rendered(String what, String template, Map<String, byte[]> asked, boolean escaped)
      throws StoreException {
    if (!template.contains("{{")) {
      return template.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Template.parse(
              "webhooktemplate", template, rendering.functions().functions(), Options.DEFAULT)
          .execute(data(asked, escaped), Limits.DEFAULT, rendering.sources());
    } catch (TemplateException e) {
      throw malformed("failed to parse " + what + ": " + e.messageWithoutValues());
    } catch (ObjectsException e) {
      throw new StoreException(e.problem(), String.valueOf(e.getMessage()));
    }
  }

  private Value data(Map<String, byte[]> asked, boolean escaped) {
    Map<String, Value> data = new LinkedHashMap<>();
    if (!asked.isEmpty()) {
      Map<String, byte[]> ref = new LinkedHashMap<>();
      asked.forEach(
          (name, value) ->
              ref.put(
                  name,
                  // Where the object is says nothing that could break out of an address.
                  escaped && !name.equals("namespace")
                      ? URLEncoder.encode(text(value), StandardCharsets.UTF_8)
                          .getBytes(StandardCharsets.UTF_8)
                      : value));
      data.put("remoteRef", Value.stringMap(ref));
    }
    secrets.forEach(
        (name, values) -> {
          Map<String, byte[]> copies = new LinkedHashMap<>();
          for (Map.Entry<String, Item> each : values.items().entrySet()) {
            copies.put(each.getKey(), each.getValue().value().with(byte[]::clone));
          }
          data.put(name, Value.stringMap(copies));
          copies.values().forEach(copy -> Arrays.fill(copy, (byte) 0));
        });
    return Value.map(data);
  }

  @Override
  public void close() {
    secrets.values().forEach(Material::close);
  }
}
