package dev.signet.cli;

import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.RsaPublicKey;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.core.sealing.SealingKey;
import dev.signet.dialects.sealedsecrets.KeyResealing;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Seals anew, in the files themselves, what is not sealed with the newest key. Every other",
      "byte of the files stays as it is, and what is on the newest key is left alone: a second run",
      "changes nothing. A file of which one item does not open is left as it is."
    },
    footer = {
      "",
      "Examples:",
      "  signet reseal -R deploy",
      "  signet reseal -R . --keys backup.yaml --exclude 'charts/**'",
      "  signet reseal -R . --keys backup.yaml --check     in CI: exit code 1 if there is work",
      "  signet reseal sealed-db.yaml --keys old.pem --keys new.pem --cert new-cert.pem",
      "  signet reseal -R . --escrow /mnt/escrow --identity key.txt",
      "  signet reseal -R . --controller                   the controller of the cluster does it",
      "",
      "The private keys are needed to know what is stale, for a ciphertext does not say its key.",
      "They come from --keys, or from the state; or a controller has them, of which nothing but",
      "ciphertexts are taken. Scope, name and namespace are the object's own.",
      "Exit codes: 0 done, 1 --check found work, or failed, 3 some files were left as they are"
    })
final class ResealCommand implements Command {

  @Mixin Options options = new Options();

  @Mixin Options.State state = new Options.State();

  @Mixin ManifestFiles files = new ManifestFiles();

  @Mixin Options.Output output = new Options.Output();

  @Option(
      names = {"-R", "--recursive"},
      description = "Look into folders with all below them, not only at their own files.")
  boolean recursive;

  @Mixin KeyChoice keys = new KeyChoice();

  @Mixin ControllerChoice controller = new ControllerChoice();

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Seal for this certificate's key; default: the newest of the keys.")
  Optional<String> certificate = Optional.empty();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      defaultValue = "default",
      description = "The namespace of objects that name none; default: ${DEFAULT-VALUE}.")
  String namespace = "default";

  @Option(
      names = "--check",
      description = "Write nothing; end with code 1 if something would be written.")
  boolean check;

  @Option(names = "--dry-run", description = "Write nothing; say what would be written.")
  boolean dryRun;

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    if (controller.chosen()) {
      return throughController(surroundings);
    }
    if (!keys.given()) {
      KeyRing ring = Projects.ring(surroundings, state);
      return run(surroundings, ring, Optional.empty());
    }
    try (KeyFiles backup = keys.read(surroundings)) {
      return run(surroundings, backup.ring(), backup.only());
    }
  }

  private int throughController(Surroundings surroundings) throws CommandFailure {
    if (keys.given() || certificate.isPresent()) {
      throw CommandFailure.usage(
          "the controller has its own keys and chooses the newest",
          "leave out --keys and --cert, or the controller");
    }
    List<ManifestFiles.Found> found = files.find(surroundings, recursive);
    try (SealingService service = controller.connect(surroundings)) {
      SealingCertificate newest = service.certificate();
      refuseExpired(surroundings, newest);
      ControllerResealing resealing = new ControllerResealing(service, newest.publicKey());
      ResealRun run =
          new ResealRun(surroundings, KeyRing.empty(), resealing, namespace, check || dryRun);
      int code =
          run.of(found, output, newest.publicKey(), () -> check && !resealing.sealsEverything());
      if (resealing.sealsEverything()) {
        everything(surroundings);
      }
      return code;
    }
  }

  /** Upstream's controller: what it was asked to seal anew says nothing of the key before. */
  private void everything(Surroundings surroundings) throws CommandFailure {
    if (check) {
      throw CommandFailure.of(
          "this controller seals every item anew, so what is stale cannot be told",
          "check with --keys, or with Signet's controller");
    }
    surroundings
        .err()
        .println(
            "note: this controller seals every item anew, those on the newest key too: another run"
                + " changes the same files again");
  }

  private int run(Surroundings surroundings, KeyRing ring, Optional<RsaPublicKey> only)
      throws CommandFailure {
    RsaPublicKey target = target(surroundings, ring, only);
    if (!ring.fingerprints().contains(target.fingerprint())) {
      surroundings
          .err()
          .println(
              "note: the private key of the certificate is not among the keys, so items that are"
                  + " sealed with it already count as failed");
    }
    ResealRun run =
        new ResealRun(
            surroundings,
            ring,
            new KeyResealing(ring, target, surroundings.random()),
            namespace,
            check || dryRun);
    return run.of(files.find(surroundings, recursive), output, target, () -> check);
  }

  private RsaPublicKey target(Surroundings surroundings, KeyRing ring, Optional<RsaPublicKey> only)
      throws CommandFailure {
    Optional<SealingCertificate> chosen = Optional.empty();
    if (certificate.isPresent()) {
      chosen = Optional.of(certificate(surroundings, certificate.get()));
    } else if (ring.current().isPresent()) {
      chosen = ring.current().map(SealingKey::certificate);
    }
    if (chosen.isPresent()) {
      refuseExpired(surroundings, chosen.get());
      return chosen.get().publicKey();
    }
    return only.orElseThrow(
        () ->
            ring.size() == 0
                ? CommandFailure.of(
                    "there is no sealing key in " + Projects.of(surroundings, state).stateFile(),
                    "give a backup with --keys FILE")
                : CommandFailure.usage(
                    "which of the keys is the newest cannot be told without their certificates",
                    "give the newest one's with --cert FILE, or key Secrets instead of PEM"));
  }

  private static void refuseExpired(Surroundings surroundings, SealingCertificate chosen)
      throws CommandFailure {
    if (chosen.expiredAt(surroundings.clock().instant())) {
      throw CommandFailure.of(
          chosen.expiryMessage(),
          "give a newer certificate with --cert; `signet keys new` makes a key");
    }
  }

  static SealingCertificate certificate(Surroundings surroundings, String place)
      throws CommandFailure {
    try {
      return SealingCertificate.read(KubesealFile.certificate(surroundings, place));
    } catch (MalformedKeyException e) {
      throw CommandFailure.of("the certificate " + place + ": " + e.getMessage());
    }
  }
}
