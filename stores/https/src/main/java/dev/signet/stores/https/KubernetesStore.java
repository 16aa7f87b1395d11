package dev.signet.stores.https;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.Attempt;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.JsonTree;
import dev.signet.delivery.store.LookedAt;
import dev.signet.delivery.store.Property;
import dev.signet.delivery.store.PublishedLimits;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.Searchable;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * External Secrets' {@code kubernetes} provider: the Secrets of one namespace of a cluster, this
 * one or another.
 *
 * <ul>
 *   <li>A key is the name of a Secret. All of it is one JSON object of texts; a property is one of
 *       its keys, else the part before the first dot is and the rest a gjson path into its JSON.
 *   <li>Metadata are labels and annotations.
 *   <li>A search is by name, or by labels, which then is all that counts.
 *   <li>Pushing replaces all values, or one where there is a property; labels and annotations
 *       follow the policies of the push's metadata. What is there already is not written. Deleting
 *       takes one value, and the Secret with the last of them.
 * </ul>
 *
 * <p>Where upstream takes a Secret that does not exist for a failure when one value is asked for,
 * here it does not exist, so that deletion policies hold.
 */
public final class KubernetesStore implements SecretStore, Searchable, Writable {

  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final int PAGE = 500;

  private final String identity;
  private final String namespace;
  private final boolean clusterWide;
  private final KubernetesServer server;
  private final ApiCalls calls;

  private KubernetesStore(
      String identity,
      String namespace,
      boolean clusterWide,
      KubernetesServer server,
      ApiCalls calls) {
    this.identity = identity;
    this.namespace = namespace;
    this.clusterWide = clusterWide;
    this.server = server;
    this.calls = calls;
  }

  public static StoreProvider provider() {
    return provider(ApiCalls.UNCOUNTED);
  }

  /**
   * The same, counted: a Secret that does not exist is a call that failed, as upstream has it.
   *
   * @param calls told of each request that is sent
   */
  public static StoreProvider provider(ApiCalls calls) {
    return new StoreProvider() {
      private final Clients clients = new Clients();

      @Override
      public String name() {
        return "kubernetes";
      }

      @Override
      public Capabilities capabilities() {
        return Capabilities.ReadWrite;
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException, StoreException {
        String namespace =
            configuration
                .string("remoteNamespace")
                .filter(given -> !given.isEmpty())
                .orElse("default");
        if (references.clusterWide()
            && references.user().isEmpty()
            && KubernetesServer.dependsOnUser(configuration)) {
          KubernetesServer.passOver(configuration);
          return new LookedAt(identity, PublishedLimits.NONE);
        }
        KubernetesServer server =
            KubernetesServer.open(identity, configuration, references, clients);
        configuration.refuseUnread();
        return new KubernetesStore(identity, namespace, references.clusterWide(), server, calls);
      }
    };
  }

  private Endpoint.Answer send(String call, String method, String path, byte[] body)
      throws StoreException {
    boolean succeeded = false;
    try {
      Endpoint.Answer answer = server.send(method, path, body);
      succeeded = answer.succeeded();
      return answer;
    } finally {
      calls.ended("Kubernetes", call, succeeded);
    }
  }

  private String path(String namespace, String name) throws StoreException {
    if (!NAME.matcher(namespace).matches() || (!name.isEmpty() && !NAME.matcher(name).matches())) {
      throw new StoreException(
          new Problem.Malformed(),
          "\""
              + name
              + "\" in namespace \""
              + namespace
              + "\" is no name of a Secret; "
              + identity);
    }
    return "/api/v1/namespaces/" + namespace + "/secrets" + (name.isEmpty() ? "" : "/" + name);
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    try (RemoteSecret secret = existing(ref.key())) {
      SecretBytes value =
          ref.metadata()
              ? metadata(secret, ref)
              : ref.property().isEmpty() ? JsonText.object(secret.data()) : property(secret, ref);
      return new Item(value, origin(ref.key(), ref.property(), secret));
    }
  }

  private Origin origin(String key, String property, RemoteSecret secret) {
    return new Origin(identity, key, property, secret.resourceVersion());
  }

  private StoreException without(RemoteRef ref, String where) {
    return new StoreException(
        new Problem.Unreachable(),
        "property "
            + ref.property()
            + " does not exist in "
            + where
            + " of secret \""
            + ref.key()
            + "\" of "
            + identity);
  }

  private SecretBytes property(RemoteSecret secret, RemoteRef ref) throws StoreException {
    SecretBytes exact = secret.data().get(ref.property());
    if (exact != null) {
      return exact.copy();
    }
    int dot = ref.property().indexOf('.');
    SecretBytes json = dot < 1 ? null : secret.data().get(ref.property().substring(0, dot));
    if (json == null || dot == ref.property().length() - 1) {
      throw without(ref, "data");
    }
    return at(json, ref.property().substring(dot + 1), ref).orElseThrow(() -> without(ref, "data"));
  }

  private Optional<SecretBytes> at(SecretBytes json, String path, RemoteRef ref)
      throws StoreException {
    return JsonPart.get(
        json, path, Property.Order.PATH_ONLY, "secret \"" + ref.key() + "\" of " + identity);
  }

  private SecretBytes metadata(RemoteSecret secret, RemoteRef ref) throws StoreException {
    Map<String, Map<String, String>> all =
        Map.of("labels", secret.labels(), "annotations", secret.annotations());
    if (ref.property().isEmpty()) {
      return json(all);
    }
    String[] path = ref.property().split("\\.", -1);
    Map<String, String> chosen = all.get(path[0]);
    if (chosen == null) {
      throw without(ref, "metadata");
    }
    if (path.length == 1) {
      return json(chosen);
    }
    String value = chosen.get(path[1]);
    // Names of labels have dots; upstream finds only those without.
    String whole = chosen.get(ref.property().substring(path[0].length() + 1));
    if (whole != null) {
      return text(whole);
    }
    if (value == null) {
      throw without(ref, "metadata");
    }
    String rest = String.join("", List.of(path).subList(2, path.length));
    try (SecretBytes json = text(value)) {
      return at(json, rest, ref).orElseThrow(() -> without(ref, "metadata"));
    }
  }

  private static SecretBytes text(String text) {
    return SecretBytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static SecretBytes json(@Nullable Object tree) {
    return JsonText.of(tree);
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    try (RemoteSecret secret = existing(ref.key())) {
      Map<String, SecretBytes> values =
          ref.metadata()
              ? Map.of("labels", json(secret.labels()), "annotations", json(secret.annotations()))
              : secret.data();
      Material material = new Material();
      if (ref.property().isEmpty()) {
        values.forEach(
            (key, value) ->
                material.put(key, new Item(value.copy(), origin(ref.key(), key, secret))));
        return material;
      }
      SecretBytes member = values.get(ref.property());
      if (member == null) {
        throw new StoreException(
            new Problem.Unreachable(),
            "property " + ref.property() + " does not exist in key " + ref.key());
      }
      Map<String, @Nullable Object> members =
          member
              .with(JsonTree::object)
              .orElseThrow(
                  () ->
                      new StoreException(
                          new Problem.Malformed(),
                          "failed to unmarshal secret: invalid JSON format in property "
                              + ref.property()
                              + " of key "
                              + ref.key()
                              + " of "
                              + identity));
      members.forEach(
          (key, value) ->
              material.put(key, new Item(json(value), origin(ref.key(), ref.property(), secret))));
      return material;
    }
  }

  @Override
  public Material find(Search search) throws StoreException {
    if (search.tags().isEmpty() && search.name().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          "unexpected find operator: " + identity + " is searched by name or by tags");
    }
    String selector =
        search.tags().entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .sorted()
            .collect(Collectors.joining(","));
    Material found = new Material();
    boolean complete = false;
    try {
      String next = "";
      do {
        next = page(search, selector, next, found);
      } while (!next.isEmpty());
      complete = true;
      return found;
    } finally {
      if (!complete) {
        found.close();
      }
    }
  }

  private String page(Search search, String selector, String from, Material found)
      throws StoreException {
    String query =
        "?limit="
            + PAGE
            + (selector.isEmpty() ? "" : "&labelSelector=" + encoded(selector))
            + (from.isEmpty() ? "" : "&continue=" + encoded(from));
    try (Endpoint.Answer answer =
        send("ListSecrets", "GET", path(namespace, "") + query, new byte[0])) {
      if (!answer.succeeded()) {
        throw server.endpoint().problem("unable to list secrets", answer);
      }
      try (RemoteSecret.Page page = RemoteSecret.page(answer.body())) {
        for (RemoteSecret each : page.items()) {
          if (!search.tags().isEmpty() || search.named(each.name())) {
            found.put(
                each.name(), new Item(JsonText.object(each.data()), origin(each.name(), "", each)));
          }
        }
        return page.next();
      } catch (IOException e) {
        throw server.endpoint().unreachable("sent no list of Secrets");
      }
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private RemoteSecret existing(String name) throws StoreException {
    Optional<RemoteSecret> found = get(namespace, name);
    return found.orElseThrow(
        () ->
            new StoreException(
                new Problem.NotFound(),
                "there is no Secret " + namespace + "/" + name + " in " + identity));
  }

  private Optional<RemoteSecret> get(String namespace, String name) throws StoreException {
    if (name.isEmpty()) {
      throw new StoreException(new Problem.Malformed(), "a key of " + identity + " is empty");
    }
    try (Endpoint.Answer answer = send("GetSecret", "GET", path(namespace, name), new byte[0])) {
      if (answer.code() == 404) {
        return Optional.empty();
      }
      if (!answer.succeeded()) {
        throw server.endpoint().problem("cannot get Secret " + namespace + "/" + name, answer);
      }
      return Optional.of(RemoteSecret.read(answer.body()));
    } catch (IOException e) {
      throw server.endpoint().unreachable("sent no Secret");
    }
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    try (Material nothing = new Material()) {
      push(remote, value, new Source("value", nothing, "", Map.of(), Map.of()), metadata);
    }
  }

  @Override
  public void push(
      Remote remote, SecretBytes value, Source source, Map<String, @Nullable Object> metadata)
      throws StoreException {
    if (remote.property().isEmpty() && !source.key().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          "requires property in RemoteRef to push secret value if secret key is defined");
    }
    PushMetadata wishes;
    try {
      wishes = PushMetadata.of(metadata);
    } catch (MalformedObjectException e) {
      throw new StoreException(
          new Problem.Malformed(), "unable to parse metadata parameters: " + e.getMessage());
    }
    if (!wishes.remoteNamespace().isEmpty() && !clusterWide) {
      throw new StoreException(
          new Problem.Denied(),
          "remoteNamespace override is only supported with ClusterSecretStore");
    }
    String into = wishes.remoteNamespace().isEmpty() ? namespace : wishes.remoteNamespace();
    Attempt.again(
        () -> {
          Optional<RemoteSecret> there = get(into, remote.key());
          try (RemoteSecret before = there.orElseGet(() -> RemoteSecret.fresh(into, remote.key()));
              RemoteSecret wanted = wanted(before, remote, value, source, wishes)) {
            if (there.isEmpty() || !wanted.sameAs(before)) {
              write(into, remote.key(), there.isPresent(), wanted);
            }
          }
        });
  }

  private static RemoteSecret wanted(
      RemoteSecret before, Remote remote, SecretBytes value, Source source, PushMetadata wishes) {
    Map<String, SecretBytes> data = new TreeMap<>();
    if (remote.property().isEmpty()) {
      source.whole().items().forEach((key, item) -> data.put(key, item.value()));
    } else {
      data.putAll(before.data());
      data.put(remote.property(), value);
    }
    return before.with(
        source.type().isEmpty() ? "Opaque" : source.type(),
        wishes.merged(before.labels(), source.labels(), wishes.labels()),
        wishes.merged(before.annotations(), source.annotations(), wishes.annotations()),
        data);
  }

  private void write(String into, String name, boolean exists, RemoteSecret wanted)
      throws StoreException {
    byte[] body;
    try {
      body = wanted.json();
    } catch (IOException e) {
      throw new AssertionError("writing to memory cannot fail", e);
    }
    try (Endpoint.Answer answer =
        exists
            ? send("UpdateSecret", "PUT", path(into, name), body)
            : send("CreateSecret", "POST", path(into, ""), body)) {
      if (!answer.succeeded()) {
        throw server.endpoint().problem("cannot write Secret " + into + "/" + name, answer);
      }
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  @Override
  public boolean exists(Remote remote) throws StoreException {
    Optional<RemoteSecret> found = get(namespace, remote.key());
    if (found.isEmpty()) {
      return false;
    }
    try (RemoteSecret secret = found.get()) {
      return remote.property().isEmpty() || secret.data().containsKey(remote.property());
    }
  }

  @Override
  public void delete(Remote remote) throws StoreException {
    Attempt.again(
        () -> {
          Optional<RemoteSecret> found = get(namespace, remote.key());
          if (found.isEmpty()) {
            return;
          }
          try (RemoteSecret secret = found.get()) {
            boolean part = !remote.property().isEmpty();
            if (part && !secret.data().containsKey(remote.property())) {
              return;
            }
            if (part && secret.data().size() > 1) {
              Map<String, SecretBytes> rest = new TreeMap<>(secret.data());
              rest.remove(remote.property());
              try (RemoteSecret less =
                  secret.with(secret.type(), secret.labels(), secret.annotations(), rest)) {
                write(namespace, remote.key(), /* exists= */ true, less);
              }
              return;
            }
            remove(secret);
          }
        });
  }

  private void remove(RemoteSecret secret) throws StoreException {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("kind", "DeleteOptions");
    options.put("apiVersion", "v1");
    options.put(
        "preconditions", Map.of("uid", secret.uid(), "resourceVersion", secret.resourceVersion()));
    byte[] body =
        GoJson.write(options, GoJson.Layout.COMPACT, GoJson.Keys.SORTED)
            .getBytes(StandardCharsets.UTF_8);
    try (Endpoint.Answer answer =
        send("DeleteSecret", "DELETE", path(namespace, secret.name()), body)) {
      if (!answer.succeeded() && answer.code() != 404) {
        throw server
            .endpoint()
            .problem("cannot delete Secret " + namespace + "/" + secret.name(), answer);
      }
    }
  }

  /** Whether it may get Secrets there: by its rules, else by asking outright. */
  @Override
  public Validity validate() throws StoreException {
    String rules = "{\"spec\":{\"namespace\":\"" + namespace + "\"}}";
    if (review("selfsubjectrulesreviews", "SelfSubjectRulesReview", rules)
            instanceof Map<?, ?> found
        && found.get("resourceRules") instanceof List<?> list
        && list.stream().anyMatch(KubernetesStore::grants)) {
      return Validity.READY;
    }
    String access =
        "{\"spec\":{\"resourceAttributes\":{\"resource\":\"secrets\",\"verb\":\"get\","
            + "\"namespace\":\""
            + namespace
            + "\"}}}";
    if (review("selfsubjectaccessreviews", "SelfSubjectAccessReview", access)
            instanceof Map<?, ?> found
        && Boolean.TRUE.equals(found.get("allowed"))) {
      return Validity.READY;
    }
    throw new StoreException(
        new Problem.Denied(),
        "client is not allowed to get secrets in namespace " + namespace + " of " + identity);
  }

  private @Nullable Object review(String resource, String kind, String spec) throws StoreException {
    var _ = path(namespace, "");
    byte[] body =
        ("{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\""
                + kind
                + "\","
                + spec.substring(1))
            .getBytes(StandardCharsets.UTF_8);
    try (Endpoint.Answer answer =
        send("Create" + kind, "POST", "/apis/authorization.k8s.io/v1/" + resource, body)) {
      if (!answer.succeeded()) {
        throw server.endpoint().problem("could not verify if client is valid", answer);
      }
      return JsonTree.object(answer.body()).orElse(Map.of()).get("status");
    }
  }

  private static boolean grants(Object rule) {
    return rule instanceof Map<?, ?> map
        && any(map.get("resources"), "secrets", false)
        && any(map.get("verbs"), "get", false)
        && any(map.get("apiGroups"), "", true);
  }

  private static boolean any(@Nullable Object list, String wanted, boolean whenEmpty) {
    if (!(list instanceof List<?> given) || given.isEmpty()) {
      return whenEmpty;
    }
    return given.contains(wanted) || given.contains("*");
  }
}
