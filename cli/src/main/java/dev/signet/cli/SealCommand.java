package dev.signet.cli;

import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.dialects.sealedsecrets.Sealing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description =
        "Encrypts Secrets, so that they can be committed: only your sealing key opens them.",
    footer = {
      "",
      "Examples:",
      "  kubectl create secret generic db --from-literal=password=x --dry-run=client -o yaml |",
      "    signet seal -n production -w sealed-db.yaml",
      "  signet seal -f secret.yaml --cert production.pem --scope namespace-wide",
      "",
      "Without --cert the newest key of the state seals; `signet keys new` makes one."
    })
final class SealCommand implements Command {

  @Mixin Options options = new Options();

  @Mixin Options.State state = new Options.State();

  @Mixin Options.Documents documents = new Options.Documents();

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description =
          "Seal for the holder of this certificate's key; default: SEALED_SECRETS_CERT, else your newest key.")
  Optional<String> certificate = Optional.empty();

  @Option(
      names = "--scope",
      paramLabel = "SCOPE",
      description =
          "strict (bound to name and namespace), namespace-wide or cluster-wide; default: as the Secret's annotations say.")
  Optional<String> scope = Optional.empty();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "The namespace of Secrets that name none; default: default.")
  Optional<String> namespace = Optional.empty();

  @Option(names = "--name", paramLabel = "NAME", description = "Replaces the Secret's name.")
  Optional<String> name = Optional.empty();

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    ManifestFormat format = documents.manifestFormat();
    Optional<Scope> chosen = Optional.empty();
    if (scope.isPresent()) {
      chosen = Scope.parse(scope.get());
      if (chosen.isEmpty()) {
        throw CommandFailure.usage(
            "unknown scope " + scope.get(), "use strict, namespace-wide or cluster-wide");
      }
    }
    SealingCertificate sealFor = certificate(surroundings);
    if (sealFor.expiredAt(surroundings.clock().instant())) {
      throw CommandFailure.of(
          sealFor.expiryMessage(), "seal with a newer certificate; `signet keys new` makes a key");
    }
    byte[] input = InputOutput.read(surroundings, documents.file);
    Sealing sealing =
        new Sealing(
            chosen,
            name,
            namespace.or(() -> Optional.of("default")),
            namespace.isPresent(),
            /* allowEmpty= */ false);
    ByteArrayOutputStream sealed = new ByteArrayOutputStream();
    SealDocuments.seal(
        input,
        documents.source(),
        sealing,
        new Sealer(sealFor.publicKey(), surroundings.random()),
        format,
        sealed);
    InputOutput.write(
        surroundings, documents.write, sealed.toByteArray(), AtomicFile.Readers.AS_USUAL);
    return ExitCode.OK;
  }

  private SealingCertificate certificate(Surroundings surroundings) throws CommandFailure {
    Optional<String> path = certificate.or(() -> surroundings.variable("SEALED_SECRETS_CERT"));
    if (path.isPresent()) {
      try {
        return SealingCertificate.read(Files.readAllBytes(surroundings.path(path.get())));
      } catch (IOException e) {
        throw CommandFailure.of(
            "cannot read the certificate " + path.get() + ": " + InputOutput.reason(e));
      } catch (MalformedKeyException e) {
        throw CommandFailure.of("the certificate " + path.get() + ": " + e.getMessage());
      }
    }
    return Projects.ring(surroundings, state)
        .current()
        .orElseThrow(
            () ->
                CommandFailure.of(
                    "there is no sealing key in " + Projects.of(surroundings, state).stateFile(),
                    "make one with `signet keys new`, or give --cert FILE"))
        .certificate();
  }
}
