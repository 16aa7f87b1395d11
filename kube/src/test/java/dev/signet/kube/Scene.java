package dev.signet.kube;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the tests on a control plane share: two kinds, and who looks at them. */
final class Scene {

  static final Duration SOON = Duration.ofSeconds(20);

  static final GroupKind WIDGET = new GroupKind("test.signet.dev", "Widget");

  /** Served as v1beta1 too, and stored as v1. */
  static final Resource WIDGETS =
      new Resource(WIDGET, List.of("v2", "v1", "v1beta1"), "widgets", true);

  private Scene() {}

  static void installWidgets(Api api) throws IOException {
    install(api, "widgets", "Widget");
  }

  static void install(Api api, String plural, String kind) throws IOException {
    String crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    Api.Response made =
        api.post(
            crds,
            """
      {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
       "metadata": {"name": "%1$s.test.signet.dev"},
       "spec": {"group": "test.signet.dev", "scope": "Namespaced",
        "names": {"plural": "%1$s", "singular": "%2$s", "kind": "%3$s", "listKind": "%3$sList"},
        "versions": [
         {"name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
          "schema": {"openAPIV3Schema": {"type": "object",
           "x-kubernetes-preserve-unknown-fields": true}}},
         {"name": "v1beta1", "served": true, "storage": false, "subresources": {"status": {}},
          "schema": {"openAPIV3Schema": {"type": "object",
           "x-kubernetes-preserve-unknown-fields": true}}}]}}
      """
                .formatted(plural, kind.toLowerCase(Locale.ROOT), kind));
    if (made.status() != 409) {
      made.orFail();
    }
    Eventually.holds(SOON, "the kind", () -> api.get("/apis/test.signet.dev/v1/" + plural).ok());
  }

  static String widget(String namespace, String name, String rest) {
    return """
        {"apiVersion": "test.signet.dev/v1", "kind": "Widget",
         "metadata": {"namespace": "%s", "name": "%s"}%s}
        """
        .formatted(namespace, name, rest);
  }

  static String widgets(String namespace) {
    return "/apis/test.signet.dev/v1/namespaces/" + namespace + "/widgets";
  }

  /** A kubeconfig of that user at that address. */
  static Connection connection(ControlPlane plane, URI server, Identity user)
      throws ObjectsException {
    try {
      Path file = Files.createTempFile("kubeconfig-", ".yaml");
      file.toFile().deleteOnExit();
      Files.writeString(file, plane.kubeconfig(server, user));
      return Connection.kubeconfig(
          List.of(file), Optional.empty(), Map.of(), InstantSource.system());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Cluster cluster(ControlPlane plane, URI server) throws ObjectsException {
    return cluster(plane, server, Options.defaults().withMissingEvery(Duration.ofMillis(200)));
  }

  static Cluster cluster(ControlPlane plane, URI server, Options options) throws ObjectsException {
    return new Cluster(connection(plane, server, plane.admin()), List.of(WIDGETS), options);
  }

  static void awaitSynced(Cluster cluster) {
    Eventually.holds(
        SOON,
        "the caches",
        () -> {
          if (!cluster.synced() && !cluster.failing().isEmpty()) {
            throw new IOException(cluster.failing().toString());
          }
          return cluster.synced();
        });
  }

  static Ref ref(String namespace, String name) {
    return new Ref(WIDGET, namespace, name);
  }

  static Secret secret(String namespace, String name, String key, String value) {
    Material data = new Material();
    data.put(key, new Item(SecretBytes.wrap(value.getBytes(UTF_8)), Origin.of("test", key)));
    return new Secret(Metadata.named(namespace, name), "Opaque", Optional.empty(), data);
  }

  /** Collects what a listener is told. */
  static final class Told {
    final List<Ref> refs = new CopyOnWriteArrayList<>();

    void changed(Ref ref) {
      refs.add(ref);
    }

    long count(Ref ref) {
      return refs.stream().filter(ref::equals).count();
    }

    void await(Ref ref) {
      Eventually.holds(SOON, "news of " + ref, () -> refs.contains(ref));
    }
  }
}
