package dev.signet.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** What one test leaves, and what the next finds. */
@OnControlPlane
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OnControlPlaneTest {

  private final List<ControlPlane> planes = new ArrayList<>();
  private final List<String> namespaces = new ArrayList<>();
  private String ofThisTest = "";

  @BeforeEach
  void notes(ControlPlane plane, Namespace namespace) {
    planes.add(plane);
    namespaces.add(namespace.name());
    ofThisTest = namespace.name();
  }

  @Test
  @Order(1)
  void aTestAndWhatRunsBeforeItHaveTheSameNamespaceAndMayLeaveARuin(
      ControlPlane plane, Namespace namespace) {
    assertThat(namespace.name()).isEqualTo(ofThisTest);

    plane.etcd().pause();
    plane.apiServer().pause();
    plane.controllerManager().kill();
  }

  @Test
  @Order(2)
  void theNextTestHasTheSameControlPlaneWholeAndAnotherNamespace(Api api) throws IOException {
    assertThat(planes.getFirst()).isSameAs(planes.getLast());
    ControlPlane plane = planes.getLast();
    assertThat(List.of(plane.etcd(), plane.apiServer(), plane.controllerManager()))
        .allMatch(Server::running)
        .noneMatch(Server::paused);
    assertThat(namespaces).doesNotHaveDuplicates().hasSize(2);
    Api.Response former = api.get("/api/v1/namespaces/" + namespaces.getFirst());
    assertThat(former.status() == 404 || former.body().contains("deletionTimestamp")).isTrue();
  }
}
