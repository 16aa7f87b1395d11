package dev.signet.cli;

import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.OpeningKey;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import dev.signet.dialects.sealedsecrets.UnsealException;
import dev.signet.dialects.sealedsecrets.Unsealing;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description =
        "Decrypts SealedSecrets and prints the Secrets: their values are then in plain sight.",
    footer = {
      "",
      "Examples:",
      "  signet unseal -f sealed-db.yaml",
      "  signet unseal -f sealed-db.yaml --private-key backup.pem -o json",
      "",
      "To use a Secret without showing it, see `signet run`."
    })
final class UnsealCommand implements Command {

  @Mixin Options options = new Options();

  @Mixin Options.State state = new Options.State();

  @Mixin Options.Documents documents = new Options.Documents();

  @Option(
      names = "--private-key",
      paramLabel = "FILE",
      description = "A private key in PEM; repeatable. Default: the keys of the state.")
  List<String> privateKeys = new ArrayList<>();

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    ManifestFormat format = documents.manifestFormat();
    byte[] input = InputOutput.read(surroundings, documents.file);
    String source = documents.source();
    Unsealing unsealing = new Unsealing(ring(surroundings), surroundings.templateSources());
    StringBuilder plain = new StringBuilder();
    try {
      for (Document document :
          Documents.read(input, source, ReadLimits.DEFAULT, DuplicateKeys.REJECTED)) {
        KubeObject object = KubeObject.of(document.tree(), "default");
        if (!object.ref().kind().equals(SealedSecret.KIND)) {
          throw CommandFailure.of(
              source + ":" + document.line() + ": " + object.ref() + " is not a SealedSecret");
        }
        try (Secret secret = unsealing.unseal(SealedSecret.of(object), Hint.NONE)) {
          plain.append(format.document(SecretManifest.write(secret)));
        } catch (UnsealException e) {
          throw CommandFailure.of(
              object.ref() + ": " + e.getMessage().replace("\n", "; "),
              "`signet apply` says which scope was tried; `signet keys list` which keys there are");
        }
      }
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    } catch (MalformedObjectException e) {
      throw CommandFailure.of(source + ": " + e.getMessage());
    }
    if (plain.isEmpty()) {
      throw CommandFailure.of(source + " holds no SealedSecret");
    }
    InputOutput.write(
        surroundings,
        documents.write,
        plain.toString().getBytes(StandardCharsets.UTF_8),
        AtomicFile.Readers.OWNER);
    return ExitCode.OK;
  }

  private KeyRing ring(Surroundings surroundings) throws CommandFailure {
    if (!privateKeys.isEmpty()) {
      List<OpeningKey> keys = new ArrayList<>();
      for (String name : privateKeys) {
        try {
          keys.add(OpeningKey.read(InputOutput.read(surroundings, name)));
        } catch (MalformedKeyException e) {
          throw CommandFailure.of("the private key " + name + ": " + e.getMessage());
        }
      }
      return KeyRing.ofOpeningKeys(keys).using(FastRsa.ofCommand());
    }
    return Projects.ring(surroundings, state);
  }
}
