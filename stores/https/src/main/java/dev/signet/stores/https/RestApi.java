package dev.signet.stores.https;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.JsonFields;
import dev.signet.delivery.store.JsonTree;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** An API that speaks JSON, asked as one identity. */
final class RestApi {

  private static final byte[] NOTHING = {};

  private final Endpoint endpoint;
  private final URI base;
  private final String counted;
  private final ApiCalls calls;

  /**
   * @param base what paths are below
   * @param counted how calls are counted
   */
  RestApi(Endpoint endpoint, URI base, String counted, ApiCalls calls) {
    this.endpoint = endpoint;
    this.base = base;
    this.counted = counted;
    this.calls = calls;
  }

  /** Where a provider is: what its tests put somewhere else. */
  record Surroundings(ApiCalls calls, UnaryOperator<URI> route, Map<String, String> environment) {}

  /** The endpoint of a store that trusts whom its configuration says. */
  static Endpoint endpoint(
      String identity,
      Fields configuration,
      References references,
      Clients clients,
      Duration timeout,
      UnaryOperator<URI> route)
      throws MalformedObjectException, StoreException {
    try {
      return new Endpoint(
          clients.of(Trust.of(configuration, references)), identity, timeout, route);
    } catch (GeneralSecurityException | IOException e) {
      throw new MalformedObjectException(
          configuration.path() + " names certificates that cannot be used");
    }
  }

  /** An address of a server, with a path or without. */
  static URI address(String text, String path) throws MalformedObjectException {
    try {
      URI uri = URI.create(text.replaceAll("/+$", ""));
      if (uri.getHost() != null
          && uri.getRawQuery() == null
          && uri.getRawUserInfo() == null
          && uri.getRawFragment() == null
          && List.of("https", "http").contains(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, without what it holds.
    }
    throw new MalformedObjectException(path + " is no address of a server");
  }

  String identity() {
    return endpoint.identity();
  }

  /**
   * Asks.
   *
   * @param call how it is counted
   * @param path below the base, encoded, with its query
   * @param body empty for none
   */
  Endpoint.Answer send(
      String call, String method, String path, Map<String, String> headers, Map<String, ?> body)
      throws StoreException {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putIfAbsent("Accept", "application/json");
    byte[] bytes = body.isEmpty() ? NOTHING : JsonBody.of(body);
    if (bytes.length > 0) {
      all.put("Content-Type", "application/json");
    }
    boolean succeeded = false;
    try {
      Endpoint.Answer answer = endpoint.send(method, URI.create(base + path), all, bytes);
      succeeded = answer.succeeded();
      return answer;
    } finally {
      Arrays.fill(bytes, (byte) 0);
      calls.ended(counted, call, succeeded);
    }
  }

  StoreException problem(String what, Endpoint.Answer answer) {
    return endpoint.problem(what, answer);
  }

  /** The same of a login: what it has wrong is the credentials. */
  StoreException refusal(Endpoint.Answer answer) {
    StoreException problem = endpoint.problem("cannot log in", answer);
    return answer.code() == 400 || answer.code() == 404 || answer.code() == 422
        ? new StoreException(new Problem.Denied(), problem.getMessage())
        : problem;
  }

  StoreException strange() {
    return endpoint.unreachable("sent an answer that is not understood");
  }

  /** An answer without secrets in it. */
  Fields reply(Endpoint.Answer answer) throws StoreException {
    return Fields.of(JsonTree.object(answer.body()).orElseThrow(this::strange), "answer");
  }

  /** An answer with secrets in it; whoever gets its fields closes them. */
  Map<String, SecretBytes> fields(byte[] json) throws StoreException {
    try {
      return JsonFields.of(json);
    } catch (JsonFields.NotAnObjectException e) {
      throw strange();
    }
  }

  /** Objects of a list with secrets in them; whoever gets their fields closes them. */
  List<Map<String, SecretBytes>> objects(byte[] json) throws StoreException {
    List<SecretBytes> elements;
    try {
      elements = JsonPart.elements(json);
    } catch (IOException e) {
      throw strange();
    }
    List<Map<String, SecretBytes>> objects = new ArrayList<>();
    boolean complete = false;
    try {
      for (SecretBytes each : elements) {
        objects.add(each.with(this::fields));
      }
      complete = true;
      return objects;
    } finally {
      elements.forEach(SecretBytes::close);
      if (!complete) {
        objects.forEach(RestApi::close);
      }
    }
  }

  static void close(Map<String, SecretBytes> fields) {
    fields.values().forEach(SecretBytes::close);
  }

  /** A text that is no secret among fields, some of which are. */
  static String text(Map<String, SecretBytes> fields, String name) {
    return Optional.ofNullable(fields.get(name))
        .map(it -> it.with(bytes -> new String(bytes, StandardCharsets.UTF_8)))
        .orElse("");
  }

  /** As a part of a path, or a parameter. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Parameters of an address; those that are empty are left out. */
  static String query(Map<String, String> parameters) {
    StringBuilder query = new StringBuilder();
    parameters.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            query
                .append(query.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(encoded(value));
          }
        });
    return query.toString();
  }
}
