package dev.signet.dialects.sealedsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.age.X25519Identity;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.World;
import dev.signet.dialects.sealedsecrets.escrow.CommandTarget;
import dev.signet.dialects.sealedsecrets.escrow.Escrow;
import dev.signet.dialects.sealedsecrets.escrow.EscrowException;
import dev.signet.dialects.sealedsecrets.escrow.EscrowFile;
import dev.signet.dialects.sealedsecrets.escrow.EscrowPlan;
import dev.signet.dialects.sealedsecrets.escrow.EscrowTarget;
import dev.signet.dialects.sealedsecrets.escrow.FolderTarget;
import dev.signet.dialects.sealedsecrets.escrow.SecretTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of keys: made once, verified, made again when they are lost or for other readers. */
final class EscrowTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final X25519Identity IDENTITY = X25519Identity.generate(RANDOM);
  private static final X25519Identity STRANGER = X25519Identity.generate(RANDOM);

  private final Path folder;
  private final World world;
  private final Directory directory;

  EscrowTest(@TempDir Path temporary) throws Exception {
    folder = Files.createDirectory(temporary.resolve("escrow"));
    world = new World(temporary);
    directory = world.directory();
  }

  @BeforeEach
  void key() throws Exception {
    new SealingKeys(directory, directory, CLOCK, RANDOM, KeyRules.DEFAULT.withBits(2048))
        .create()
        .close();
  }

  @AfterEach
  void close() {
    world.close();
  }

  private FolderTarget target() {
    return new FolderTarget(folder, _ -> {});
  }

  private Escrow.Status run(X25519Identity reader, EscrowTarget... targets) throws Exception {
    Escrow escrow =
        new EscrowPlan(List.of(reader.recipient()), List.of(targets), Optional.empty())
            .escrow(directory, SealingKeys.NAMESPACE, List.of(), RANDOM);
    List<Escrow.Status> statuses = escrow.run();
    assertThat(statuses).hasSize(1);
    return statuses.getFirst();
  }

  private List<Path> files() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void aCopyIsMadeOnceAndHoldsTheKeyAndNothingOfTheMarks() throws Exception {
    assertThat(run(IDENTITY, target()).copied()).isTrue();
    byte[] file = Files.readAllBytes(files().getFirst());
    Escrow.Status again = run(IDENTITY, target());
    assertThat(again.copied()).isFalse();
    assertThat(again.problem()).isEmpty();
    assertThat(Files.readAllBytes(files().getFirst())).isEqualTo(file);

    try (Secret opened = EscrowFile.open(file, List.of(IDENTITY));
        Secret stored =
            directory.secret(SealingKeys.NAMESPACE, opened.metadata().name()).orElseThrow()) {
      assertThat(opened.data().sameValuesAs(stored.data())).isTrue();
      assertThat(opened.metadata().annotations()).isEmpty();
      assertThat(opened.metadata().labels()).containsEntry(SealingKeys.LABEL, SealingKeys.ACTIVE);
      assertThat(stored.metadata().annotations().get("escrow.signet.dev/folder"))
          .startsWith("sha256:");
    }
    assertThatThrownBy(() -> EscrowFile.open(file, List.of(STRANGER)))
        .isInstanceOf(EscrowException.class)
        .hasMessageContaining("none of the identities");
  }

  @Test
  void aCopyThatIsLostDamagedOrForOthersIsMadeAgain() throws Exception {
    run(IDENTITY, target());
    Files.delete(files().getFirst());
    assertThat(run(IDENTITY, target()).copied()).isTrue();
    Files.writeString(files().getFirst(), "damaged");
    assertThat(run(IDENTITY, target()).copied()).isTrue();
    assertThat(run(STRANGER, target()).copied()).isTrue();
    assertThat(files()).hasSize(1);
    EscrowFile.open(Files.readAllBytes(files().getFirst()), List.of(STRANGER)).close();
  }

  @Test
  void oneTargetThatFailsDoesNotKeepTheOthersFromTheirCopies() throws Exception {
    FolderTarget missing = new FolderTarget(folder.resolve("missing"), _ -> {});
    Escrow.Status status = run(IDENTITY, missing, new SecretTarget(directory, "vault"));
    assertThat(status.problem().orElseThrow()).startsWith("folder: there is no folder ");
    assertThat(status.copied()).isTrue();
    assertThat(directory.secrets("vault", SecretTarget.LABEL, SecretTarget.VALUE)).hasSize(1);
  }

  @Test
  void aSecretOfSomebodyElseIsNotOverwritten() throws Exception {
    SecretTarget target = new SecretTarget(directory, "vault");
    target.store("a.age", new byte[] {1});
    try (Secret taken = directory.secret("vault", "escrow-a.age").orElseThrow()) {
      directory.update(taken.withMetadata(taken.metadata().with("labels", null)));
    }
    assertThatThrownBy(() -> target.store("a.age", new byte[] {2}))
        .hasMessage("cannot write Secret vault/escrow-a.age: a Secret of that name is there");
    assertThat(target.load("b.age")).isEmpty();
  }

  @Test
  void aCommandThatHangsIsEnded() {
    CommandTarget target = CommandTarget.of("sleep 600", "cat {}", Duration.ofSeconds(1));
    assertThatThrownBy(() -> target.store("a.age", "x".getBytes(UTF_8)))
        .hasMessage("the escrow command sleep took longer than 1 s");
  }

  @Test
  void aCommandGetsTheCopyAndItsName() throws Exception {
    CommandTarget target =
        CommandTarget.of("tee " + folder + "/{}", "cat " + folder + "/{}", Duration.ofMinutes(5));
    target.store("a.age", "content".getBytes(UTF_8));
    assertThat(target.load("a.age").orElseThrow()).asString().isEqualTo("content");
    assertThat(target.load("b.age")).isEmpty();
  }
}
