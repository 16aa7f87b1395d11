package dev.signet.cli;

import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.OpeningKey;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import dev.signet.dialects.sealedsecrets.SealingKeys;
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
import java.util.Optional;
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

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      defaultValue = "-",
      description = "The SealedSecrets, YAML or JSON; default: standard input.")
  String file = "-";

  @Option(
      names = {"-w", "--write"},
      paramLabel = "FILE",
      description = "Where the Secrets go, readable by you only; default: standard output.")
  Optional<String> write = Optional.empty();

  @Option(
      names = "--private-key",
      paramLabel = "FILE",
      description = "A private key in PEM; repeatable. Default: the keys of the state.")
  List<String> privateKeys = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "yaml",
      description = "yaml or json; default ${DEFAULT-VALUE}.")
  String format = "yaml";

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    ManifestFormat manifestFormat =
        ManifestFormat.parse(format)
            .orElseThrow(
                () -> CommandFailure.usage("unknown format " + format, "use yaml or json"));
    byte[] input = InputOutput.read(surroundings, file);
    String source = file.equals("-") ? "standard input" : file;
    Unsealing unsealing = new Unsealing(ring(surroundings));
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
          plain.append(manifestFormat.document(SecretManifest.write(secret)));
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
        write,
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
      return KeyRing.ofOpeningKeys(keys);
    }
    try (State opened = Projects.of(surroundings, state).read()) {
      Directory directory =
          new Directory(opened, Manifests.none(), surroundings.clock(), surroundings.random());
      return new SealingKeys(directory, directory, surroundings.clock(), surroundings.random())
          .ring();
    } catch (StateException | ObjectsException e) {
      throw CommandFailure.because(e);
    }
  }
}
