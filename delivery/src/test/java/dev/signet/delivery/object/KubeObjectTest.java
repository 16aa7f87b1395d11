package dev.signet.delivery.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.Trees;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KubeObjectTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {apiVersion: v1, kind: Pod, metadata: {name: one}}                       | Pod | default | one
          {apiVersion: v1, kind: Pod, metadata: {name: one, namespace: ''}}        | Pod | default | one
          {apiVersion: v1, kind: Pod, metadata: {name: one, namespace: a}}         | Pod | a       | one
          {apiVersion: a.b/v1, kind: K, metadata: {name: one}}                     | K.a.b | default | one
          """)
  void anObjectIsKnownByKindNamespaceAndName(
      String yaml, String kind, String namespace, String name) throws MalformedObjectException {
    Ref ref = KubeObject.of(Trees.of(yaml), "default").ref();
    assertThat(ref.kind()).hasToString(kind);
    assertThat(ref.namespace()).isEqualTo(namespace);
    assertThat(ref.name()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {kind: Pod, metadata: {name: one}}                     | apiVersion is required
          {apiVersion: v1, metadata: {name: one}}                | kind is required
          {apiVersion: v1, kind: Pod}                          | metadata is required
          {apiVersion: v1, kind: Pod, metadata: {}}            | metadata.name is required
          {apiVersion: v1, kind: Pod, metadata: {name: 1}}     | metadata.name must be a string, not a whole number
          {apiVersion: v1, kind: Pod, metadata: {name: ''}}    | metadata.name is required
          """)
  void anObjectWithoutItsNameIsRefused(String yaml, String message) {
    assertThatThrownBy(() -> KubeObject.of(Trees.of(yaml), "default"))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessage(message);
  }

  @Test
  void aChangedCopyLeavesTheOriginal() throws MalformedObjectException {
    KubeObject object =
        Trees.object("{apiVersion: v1, kind: Pod, metadata: {name: one}, other: 1}");
    KubeObject changed = object.with("status", Map.of("a", "b"));
    assertThat(object.tree()).doesNotContainKey("status");
    assertThat(changed.tree()).containsKeys("other", "status");
    assertThat(object.spec().path()).isEqualTo("spec");
    assertThat(object.spec().names()).isEmpty();
  }

  @Test
  void referencesPrintAsPeopleWriteThemAndSortAsTablesDo() {
    Ref clusterWide =
        new Ref(GroupKind.of("external-secrets.io/v1", "ClusterSecretStore"), "", "s");
    Ref secret = Ref.secret("ns", "a");
    Ref pod = new Ref(new GroupKind("", "Pod"), "ns", "a");
    Ref later = Ref.secret("ns", "b");
    assertThat(clusterWide).hasToString("ClusterSecretStore s");
    assertThat(secret).hasToString("Secret ns/a");
    assertThat(new TreeSet<>(List.of(later, secret, pod, clusterWide)))
        .containsExactly(clusterWide, pod, secret, later);
  }
}
