package dev.signet.cli;

import dev.signet.cli.sops.MachineKeys;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.sealedsecrets.SealException;
import dev.signet.dialects.sealedsecrets.Sealing;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Makes a sealing key, seals a Secret and delivers it beside one from a store, in a folder of its own.",
      "Run it again as often as you like; delete the folder when you are done."
    })
final class QuickstartCommand implements Command {

  /** The manifests of examples/quickstart, which the build puts beside this class. */
  private static final List<String> EXAMPLES = List.of("api-token.yaml", "web.yaml");

  private static final String SEALED = "sealed-db-credentials.yaml";
  private static final String CERTIFICATE = "cert.pem";

  @Mixin Options options = new Options();

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      defaultValue = "signet-quickstart",
      description = "Where to do it; default: ${DEFAULT-VALUE} here.")
  String folder = "signet-quickstart";

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    Path place = surroundings.path(folder);
    Files.createDirectories(place);
    for (String example : EXAMPLES) {
      copy(surroundings, example, place.resolve(example));
    }
    Project project = Projects.at(surroundings, place.resolve(".signet"));
    try (Project.Session session =
        project.begin(
            "signet quickstart (pid " + ProcessHandle.current().pid() + ")",
            Duration.ofSeconds(10))) {
      key(surroundings, session, place);
      Manifests manifests = Manifests.read(List.of(place), "default");
      Directory directory =
          new Directory(session.state(), manifests, surroundings.clock(), surroundings.random());
      Map<Ref, Outcome> outcomes =
          Applying.run(
              surroundings,
              directory,
              project.root(),
              _ -> MachineKeys.of(surroundings.sops()).keys(),
              (_, _) -> {});
      directory.remember(List.of(place.toAbsolutePath().normalize().toString()));
      session.save();
      return report(surroundings, directory, outcomes);
    } catch (StateException | ObjectsException | SealException e) {
      throw CommandFailure.because(e);
    }
  }

  private static void copy(Surroundings surroundings, String example, Path to) throws IOException {
    if (Files.exists(to)) {
      return;
    }
    try (InputStream from =
        java.util.Objects.requireNonNull(
            QuickstartCommand.class.getResourceAsStream("quickstart/" + example))) {
      AtomicFile.write(
          to, from.readAllBytes(), AtomicFile.Readers.AS_USUAL, "example", surroundings.faults());
    }
  }

  private void key(Surroundings surroundings, Project.Session session, Path place)
      throws ObjectsException, StateException, SealException, IOException {
    SealingKeys keys =
        Projects.keys(surroundings, Projects.remembered(surroundings, session.state()));
    Optional<SealingKey> before = keys.ring().current();
    SealingKey key;
    if (before.isPresent()) {
      key = before.get();
    } else {
      surroundings.err().println("making a sealing key (RSA 4096), once ...");
      surroundings.err().flush();
      key = keys.create();
      // Saved before anything is sealed with it: what is sealed must always open.
      session.save();
    }
    step(
        surroundings,
        "sealing key",
        key.name()
            + (before.isPresent()
                ? " (there already)"
                : " (new; kept encrypted in " + folder + "/.signet)"));
    Path sealed = place.resolve(SEALED);
    boolean sealedBefore = before.isPresent() && Files.exists(sealed);
    if (!sealedBefore) {
      AtomicFile.write(
          place.resolve(CERTIFICATE),
          key.certificate().toPem(),
          AtomicFile.Readers.AS_USUAL,
          "certificate",
          surroundings.faults());
      try (Secret secret = example()) {
        Sealer sealer = new Sealer(key.certificate().publicKey(), surroundings.random());
        Sealing sealing =
            new Sealing(Optional.empty(), Optional.empty(), Optional.empty(), false, false);
        String document = ManifestFormat.YAML.document(sealing.seal(secret, sealer).write());
        AtomicFile.write(
            sealed,
            document.getBytes(StandardCharsets.UTF_8),
            AtomicFile.Readers.AS_USUAL,
            "sealed",
            surroundings.faults());
      }
    }
    step(
        surroundings,
        "sealed",
        folder
            + "/"
            + SEALED
            + (sealedBefore ? " (there already)" : " (safe to commit: only that key opens it)"));
  }

  /** The Secret of the first article that people read about this. */
  private static Secret example() {
    Material data = new Material();
    data.put("username", item("postgres"));
    data.put("password", item("s3cr3t-value"));
    return new Secret(Metadata.named("production", "db-credentials"), "", Optional.empty(), data);
  }

  private static Item item(String value) {
    return new Item(
        SecretBytes.wrap(value.getBytes(StandardCharsets.UTF_8)), Origin.of("quickstart", ""));
  }

  private int report(Surroundings surroundings, Directory directory, Map<Ref, Outcome> outcomes) {
    long delivered = outcomes.values().stream().filter(Outcome::delivered).count();
    step(
        surroundings,
        "applied",
        folder + " (" + delivered + " of " + outcomes.size() + " resources in order)");
    var out = surroundings.out();
    out.println();
    Table table = new Table("SECRET", "KEY", "VALUE", "FROM");
    for (Directory.SecretSummary summary : directory.summaries()) {
      if (summary.metadata().namespace().equals(SealingKeys.NAMESPACE)) {
        continue;
      }
      directory
          .secret(summary.metadata().namespace(), summary.metadata().name())
          .ifPresent(
              secret -> {
                try (secret) {
                  secret
                      .data()
                      .items()
                      .forEach(
                          (key, item) ->
                              table.row(
                                  secret.ref().path(),
                                  key,
                                  Table.MASK,
                                  GetCommand.from(item.origin())));
                }
              });
    }
    table.print(out);
    out.println();
    String signet = commandFrom(surroundings);
    out.println("Try next:");
    out.println("  cd " + folder);
    out.println("  " + signet + " explain production/db-credentials");
    out.println("  " + signet + " run --secret production/db-credentials -- printenv username");
    out.println("  " + signet + " get secret production/db-credentials --reveal password");
    out.println(
        "  kubectl create secret generic mine --from-literal=key=value --dry-run=client -o yaml |");
    out.println("    " + signet + " seal -w sealed-mine.yaml && " + signet + " apply -f .");
    outcomes.forEach(
        (ref, outcome) -> {
          if (outcome instanceof Outcome.Stalled(_, String message)) {
            Signet.error(surroundings, ref + ": " + message, "");
          }
          if (outcome instanceof Outcome.Retry(_, String message)) {
            Signet.error(surroundings, ref + ": " + message, "");
          }
        });
    return delivered == outcomes.size() ? ExitCode.OK : ExitCode.NOT_DELIVERED;
  }

  /** How to call this program once one is in the folder: a relative path has to be taken along. */
  private String commandFrom(Surroundings surroundings) {
    String invoked = surroundings.variable("SIGNET_COMMAND").orElse("signet");
    if (!invoked.contains("/") || invoked.startsWith("/")) {
      return invoked;
    }
    Path place = surroundings.path(folder).toAbsolutePath().normalize();
    return place.relativize(surroundings.path(invoked).toAbsolutePath().normalize()).toString();
  }

  private static void step(Surroundings surroundings, String what, String detail) {
    surroundings.out().printf("%-12s %s%n", what, detail);
    surroundings.out().flush();
  }
}
