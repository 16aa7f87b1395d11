package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.World;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The cases in which External Secrets 2.9 tests what ClusterExternalSecrets and ClusterPushSecrets
 * become as they change; which namespaces are chosen is in {@link FanOutControllerTest}.
 */
final class UpstreamFanOutRowsTest {

  private final World world;
  private final Directory directory;

  UpstreamFanOutRowsTest(@TempDir Path folder) throws Exception {
    world = new World(folder);
    directory = world.directory();
    for (String name : List.of("a", "b", "c")) {
      namespace(name, "blue");
    }
  }

  private void put(String yaml) throws Exception {
    KubeObject object = KubeObject.of(World.tree(yaml), "");
    if (directory.get(object.ref()).isPresent()) {
      directory.update(object);
    } else {
      directory.create(object);
    }
  }

  private void namespace(String name, String team) throws Exception {
    put(
        "{apiVersion: v1, kind: Namespace, metadata: {name: "
            + name
            + ", labels: {team: "
            + team
            + "}}}");
  }

  private static String spec(FanOut.Of of, String store) {
    return of == FanOut.Of.EXTERNAL_SECRETS
        ? "{secretStoreRef: {name: " + store + "}, data: [{secretKey: k, remoteRef: {key: k}}]}"
        : "{secretStoreRefs: [{name: " + store + "}], selector: {secret: {name: s}}}";
  }

  /** The object named all, for the blue namespaces, reconciled. */
  private Outcome fanOut(FanOut.Of of, String annotations, String store, String rest)
      throws Exception {
    put(
        "{apiVersion: %s, kind: %s, metadata: {name: all, annotations: {%s}}, spec: {%sSpec: %s, %s}}"
            .formatted(
                of.apiVersion,
                of.kind().kind(),
                annotations,
                of.field,
                spec(of, store),
                rest.contains("namespaceSelectors")
                    ? rest
                    : "namespaceSelectors: [{matchLabels: {team: blue}}]"
                        + (rest.isEmpty() ? "" : ", " + rest)));
    return reconcile(of);
  }

  private Outcome reconcile(FanOut.Of of) throws Exception {
    FanOutController controller =
        of == FanOut.Of.EXTERNAL_SECRETS
            ? FanOutController.externalSecrets(directory, directory)
            : FanOutController.pushSecrets(directory, directory);
    return controller.reconcile(new Ref(of.kind(), "", "all"));
  }

  private List<String> children(FanOut.Of of) {
    return directory.list(of.child()).stream().map(each -> each.ref().path()).toList();
  }

  private KubeObject child(FanOut.Of of, String path) {
    int slash = path.indexOf('/');
    return directory
        .get(new Ref(of.child(), path.substring(0, slash), path.substring(slash + 1)))
        .orElseThrow();
  }

  private String status(FanOut.Of of) {
    KubeObject object = directory.get(new Ref(of.kind(), "", "all")).orElseThrow();
    Map<String, Object> status = new TreeMap<>();
    if (object.tree().get("status") instanceof Map<?, ?> there) {
      there.forEach((key, value) -> status.put((String) key, value));
    }
    return status.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(" "));
  }

  private static String ready(FanOut.Of of, String child, String namespaces) {
    return of == FanOut.Of.EXTERNAL_SECRETS
        ? "conditions=[{type=Ready, status=True}] externalSecretName="
            + child
            + " provisionedNamespaces="
            + namespaces
        : "conditions=[{type=Ready, status=True}] provisionedNamespaces="
            + namespaces
            + " pushSecretName="
            + child;
  }

  @ParameterizedTest
  @EnumSource
  void theNameIsItsOwnUnlessItSaysAnother(FanOut.Of of) throws Exception {
    fanOut(of, "", "store", "");
    assertThat(children(of)).containsExactly("a/all", "b/all", "c/all");
    assertThat(child(of, "a/all").tree().get("spec")).isEqualTo(World.tree(spec(of, "store")));
    assertThat(status(of)).isEqualTo(ready(of, "all", "[a, b, c]"));
  }

  @ParameterizedTest
  @EnumSource
  void nameAndMetadataAreAsTheySay(FanOut.Of of) throws Exception {
    fanOut(
        of,
        "",
        "store",
        of.field
            + "Name: named, "
            + of.field
            + "Metadata: {labels: {l1: v1, l2: v2}, annotations: {a1: v1, a2: v2}}");
    assertThat(children(of)).containsExactly("a/named", "b/named", "c/named");
    assertThat(child(of, "b/named").metadata().labels()).isEqualTo(Map.of("l1", "v1", "l2", "v2"));
    assertThat(child(of, "b/named").metadata().annotations())
        .isEqualTo(Map.of("a1", "v1", "a2", "v2"));
    assertThat(status(of)).isEqualTo(ready(of, "named", "[a, b, c]"));
  }

  @ParameterizedTest
  @EnumSource
  void thoseOfAnOldNameGo(FanOut.Of of) throws Exception {
    fanOut(of, "", "store", of.field + "Name: old");
    fanOut(of, "", "store", of.field + "Name: new");
    assertThat(children(of)).containsExactly("a/new", "b/new", "c/new");
    assertThat(status(of)).isEqualTo(ready(of, "new", "[a, b, c]"));
  }

  @ParameterizedTest
  @EnumSource
  void whatChangesIsChangedInAllOfThem(FanOut.Of of) throws Exception {
    fanOut(of, "", "store", "");
    assertThat(child(of, "a/all").metadata().labels()).isEmpty();
    fanOut(of, "", "other", of.field + "Metadata: {labels: {l: v}, annotations: {a: v}}");
    for (String path : children(of)) {
      assertThat(child(of, path).metadata().labels()).isEqualTo(Map.of("l", "v"));
      assertThat(child(of, path).metadata().annotations()).isEqualTo(Map.of("a", "v"));
      assertThat(child(of, path).tree().get("spec")).isEqualTo(World.tree(spec(of, "other")));
    }
    fanOut(of, "", "other", "");
    assertThat(child(of, "c/all").metadata().labels()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void oneOfSomebodyElseStaysTheirsUntilItIsGone(FanOut.Of of) throws Exception {
    String theirs =
        "{apiVersion: %s, kind: %s, metadata: {name: all, namespace: a}, spec: {theirs: true}}"
            .formatted(of.apiVersion, of.childKind);
    put(theirs);
    String selector = "namespaceSelectors: [{matchLabels: {kubernetes.io/metadata.name: a}}]";
    fanOut(of, "", "store", selector);
    assertThat(status(of))
        .startsWith(
            "conditions=[{type=Ready, status=False, message=one or more namespaces failed}]")
        .contains(
            "failedNamespaces=[{namespace=a, reason=" + of.words + " already exists in namespace}]")
        .doesNotContain("provisionedNamespaces");
    assertThat(child(of, "a/all").tree().get("spec")).isEqualTo(Map.of("theirs", true));

    KubeObject gone = child(of, "a/all");
    directory.delete(gone.ref(), gone.metadata().uid());
    reconcile(of);
    assertThat(child(of, "a/all").tree().get("spec")).isEqualTo(World.tree(spec(of, "store")));
    assertThat(status(of)).isEqualTo(ready(of, "all", "[a]"));
  }

  @ParameterizedTest
  @EnumSource
  void oneThatWasDeletedIsMadeAgain(FanOut.Of of) throws Exception {
    fanOut(of, "", "store", "");
    KubeObject gone = child(of, "b/all");
    directory.delete(gone.ref(), gone.metadata().uid());
    reconcile(of);
    assertThat(children(of)).containsExactly("a/all", "b/all", "c/all");
  }

  @ParameterizedTest
  @EnumSource
  void whereTheNamespaceNoLongerMatchesItGoes(FanOut.Of of) throws Exception {
    fanOut(of, "", "store", "");
    namespace("a", "red");
    reconcile(of);
    assertThat(children(of)).containsExactly("b/all", "c/all");
    assertThat(status(of)).isEqualTo(ready(of, "all", "[b, c]"));
  }

  @ParameterizedTest
  @EnumSource
  void expressionsChooseToo(FanOut.Of of) throws Exception {
    namespace("b", "green");
    namespace("c", "red");
    fanOut(
        of,
        "",
        "store",
        "namespaceSelectors: [{matchExpressions: [{key: team, operator: In, values: [blue,"
            + " green]}]}]");
    assertThat(status(of)).isEqualTo(ready(of, "all", "[a, b]"));
  }

  @ParameterizedTest
  @EnumSource
  void whereNoNamespaceMatchesItIsReady(FanOut.Of of) throws Exception {
    fanOut(of, "", "store", "namespaceSelectors: [{matchLabels: {team: none}}]");
    assertThat(children(of)).isEmpty();
    assertThat(status(of)).startsWith("conditions=[{type=Ready, status=True}]");
  }

  /** Upstream hands it on for ClusterExternalSecrets only. */
  @ParameterizedTest
  @EnumSource
  void theWishToBeSyncedIsHandedOnAndTakenBack(FanOut.Of of) throws Exception {
    fanOut(of, "external-secrets.io/force-sync: 'true'", "store", "");
    assertThat(child(of, "a/all").metadata().annotations())
        .isEqualTo(Map.of("external-secrets.io/force-sync", "true"));
    fanOut(of, "", "store", "");
    assertThat(child(of, "a/all").metadata().annotations()).isEmpty();
  }
}
