package dev.signet.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import dev.signet.delivery.object.GroupKind;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ReportsTest {

  private static final GroupKind SEALED = new GroupKind("bitnami.com", "SealedSecret");
  private static final GroupKind EXTERNAL = new GroupKind("external-secrets.io", "ExternalSecret");

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Reports reports = new Reports();

  @BeforeEach
  void log() {
    Logs.to(log, Logs.Format.json, Logs.Threshold.info);
  }

  @AfterEach
  void silence() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).reset();
  }

  private List<String> said() {
    List<String> lines = log.toString(UTF_8).lines().toList();
    log.reset();
    return lines;
  }

  @Test
  void aKindThatIsNotInstalledIsNamedOnceHoweverOftenItIsLookedFor() {
    reports.missing(List.of(SEALED));
    assertThat(said())
        .singleElement()
        .asString()
        .contains(SEALED + " is not installed in this cluster");
    reports.missing(List.of(SEALED));
    reports.missing(List.of(SEALED));
    assertThat(said()).isEmpty();

    reports.missing(List.of(SEALED, EXTERNAL));
    assertThat(said()).singleElement().asString().contains(EXTERNAL + " is not installed");
    reports.missing(List.of(EXTERNAL));
    assertThat(said()).singleElement().asString().contains(SEALED + " is installed now");
    reports.missing(List.of(SEALED, EXTERNAL));
    assertThat(said()).singleElement().asString().contains(SEALED + " is not installed");
  }

  @Test
  void whatFailsIsSaidOnceForEachReasonAndWhenItIsOver() {
    reports.failing(Map.of(SEALED, "forbidden"));
    assertThat(said()).singleElement().asString().contains("forbidden");
    reports.failing(Map.of(SEALED, "forbidden"));
    assertThat(said()).isEmpty();
    reports.failing(Map.of(SEALED, "unreachable"));
    assertThat(said()).singleElement().asString().contains("unreachable");
    reports.failing(Map.of());
    assertThat(said()).singleElement().asString().contains("is watched again");
    reports.failing(Map.of());
    assertThat(said()).isEmpty();
  }
}
