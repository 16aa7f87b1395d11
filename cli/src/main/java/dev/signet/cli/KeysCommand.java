package dev.signet.cli;

import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.Apply;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.GoYaml;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    description = {
      "Sealing keys: list them, make one, print the certificate to seal with, back them up, restore",
      "them, and choose what protects the state that they are kept in."
    },
    footer = {
      "",
      "Actions:",
      "  list                the keys, newest first; the first one seals",
      "  new                 make a key; older ones stay and still open what was sealed with them",
      "  cert                the newest certificate, for `kubeseal --cert` and colleagues",
      "  export              the keys as upstream's backup: Secrets in plain, for a safe place only",
      "  import -f FILE      keys from such a backup, or from upstream's controller",
      "  protect-with-passphrase, protect-with-key-file",
      "",
      "Examples:",
      "  signet keys new",
      "  signet keys cert -w signet.pem",
      "  signet keys export -w backup.yaml",
      "  kubectl get secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key -o yaml |",
      "    signet keys import"
    })
final class KeysCommand implements Command {

  enum Action {
    list,
    make("new"),
    cert,
    export,
    restore("import"),
    passphrase("protect-with-passphrase"),
    keyFile("protect-with-key-file");

    private final String text;

    Action() {
      this.text = name();
    }

    Action(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  @Mixin Options options = new Options();

  @Mixin Options.State state = new Options.State();

  @Mixin Options.Output output = new Options.Output();

  @Parameters(
      index = "0",
      paramLabel = "ACTION",
      defaultValue = "list",
      converter = ActionConverter.class,
      completionCandidates = ActionNames.class,
      description = "One of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  Action action = Action.list;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      defaultValue = "-",
      description = "What to import; default: standard input.")
  String file = "-";

  @Option(
      names = {"-w", "--write"},
      paramLabel = "FILE",
      description = "Where the certificate or the backup goes; default: standard output.")
  Optional<String> write = Optional.empty();

  static final class ActionConverter implements CommandLine.ITypeConverter<Action> {
    @Override
    public Action convert(String text) {
      for (Action each : Action.values()) {
        if (each.text.equals(text)) {
          return each;
        }
      }
      throw new CommandLine.TypeConversionException("unknown action " + text);
    }
  }

  static final class ActionNames extends ArrayList<String> {
    ActionNames() {
      for (Action each : Action.values()) {
        add(each.text);
      }
    }
  }

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    try {
      return switch (action) {
        case list -> list(surroundings);
        case cert -> certificate(surroundings);
        case export -> export(surroundings);
        case make -> make(surroundings);
        case restore -> restore(surroundings);
        case passphrase, keyFile -> protect(surroundings);
      };
    } catch (StateException | ObjectsException e) {
      throw CommandFailure.because(e);
    }
  }

  private Project.Session begin(Surroundings surroundings) throws StateException {
    return Projects.of(surroundings, state)
        .begin(
            "signet keys " + action + " (pid " + ProcessHandle.current().pid() + ")",
            Duration.ofSeconds(state.wait));
  }

  private int list(Surroundings surroundings) throws CommandFailure {
    KeyRing ring = Projects.ring(surroundings, state);
    Table table = new Table("NAME", "BITS", "VALID FROM", "VALID UNTIL", "SEALS", "FINGERPRINT");
    List<Object> list = new ArrayList<>();
    String current = ring.current().map(SealingKey::id).orElse("");
    for (String fingerprint : ring.fingerprints()) {
      SealingKey key = ring.find(fingerprint).orElseThrow();
      boolean seals = fingerprint.equals(current);
      int bits = key.certificate().publicKey().modulus().bitLength();
      String from = key.certificate().notBefore().toString();
      String until = key.certificate().notAfter().toString();
      table.row(key.name(), Integer.toString(bits), from, until, seals ? "yes" : "no", fingerprint);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", key.name());
      row.put("bits", (long) bits);
      row.put("notBefore", from);
      row.put("notAfter", until);
      row.put("seals", seals);
      row.put("fingerprint", fingerprint);
      list.add(row);
    }
    output.print(
        surroundings,
        () -> {
          if (table.isEmpty()) {
            surroundings
                .err()
                .println("there is no sealing key yet; make one with `signet keys new`");
          } else {
            table.print(surroundings.out());
          }
        },
        () -> list);
    return ExitCode.OK;
  }

  private int certificate(Surroundings surroundings) throws CommandFailure {
    SealingKey key =
        Projects.ring(surroundings, state)
            .current()
            .orElseThrow(
                () ->
                    CommandFailure.of(
                        "there is no sealing key yet", "make one with `signet keys new`"));
    InputOutput.write(surroundings, write, key.certificate().toPem(), AtomicFile.Readers.AS_USUAL);
    return ExitCode.OK;
  }

  private int export(Surroundings surroundings)
      throws StateException, ObjectsException, CommandFailure {
    try (State opened = Projects.of(surroundings, state).read()) {
      Directory directory = Projects.remembered(surroundings, opened);
      List<Object> items = new ArrayList<>();
      for (Secret secret :
          directory.secrets(SealingKeys.NAMESPACE, SealingKeys.LABEL, SealingKeys.ACTIVE)) {
        try (secret) {
          items.add(SecretManifest.write(secret));
        }
      }
      if (items.isEmpty()) {
        throw CommandFailure.of("there is no sealing key to back up");
      }
      Map<String, Object> list = new LinkedHashMap<>();
      list.put("apiVersion", "v1");
      list.put("items", items);
      list.put("kind", "List");
      InputOutput.write(
          surroundings,
          write,
          GoYaml.write(list).getBytes(StandardCharsets.UTF_8),
          AtomicFile.Readers.OWNER);
      surroundings
          .err()
          .println(
              "these are your private keys in plain: whoever has them opens everything that was sealed");
      return ExitCode.OK;
    }
  }

  private int make(Surroundings surroundings) throws StateException, ObjectsException {
    try (Project.Session session = begin(surroundings)) {
      SealingKey key =
          Projects.keys(surroundings, Projects.remembered(surroundings, session.state())).create();
      session.save();
      surroundings.out().println(key.name());
      return ExitCode.OK;
    }
  }

  private int restore(Surroundings surroundings)
      throws StateException, ObjectsException, CommandFailure {
    byte[] input = InputOutput.read(surroundings, file);
    String source = file.equals("-") ? "standard input" : file;
    List<Secret> secrets = new ArrayList<>();
    try (Project.Session session = begin(surroundings)) {
      for (Document document :
          Documents.read(input, source, ReadLimits.DEFAULT, DuplicateKeys.REJECTED)) {
        collect(document.tree(), source, secrets);
      }
      if (secrets.isEmpty()) {
        throw CommandFailure.of(source + " holds no key Secret");
      }
      Directory directory = Projects.remembered(surroundings, session.state());
      Apply apply = new Apply(directory);
      for (Secret secret : secrets) {
        apply.secret(
            SealingKeys.NAMESPACE,
            secret.metadata().name(),
            existing -> new Apply.Decision.Write(labelled(secret)));
      }
      session.save();
      for (Secret secret : secrets) {
        surroundings.out().println(secret.metadata().name());
      }
      return ExitCode.OK;
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    } catch (MalformedObjectException | MalformedKeyException e) {
      throw CommandFailure.of(
          source + ": " + String.valueOf(e.getMessage()) + "; nothing was imported");
    } finally {
      secrets.forEach(Secret::close);
    }
  }

  private static void collect(Map<?, ?> tree, String source, List<Secret> secrets)
      throws MalformedObjectException, MalformedKeyException {
    if (tree.get("items") instanceof List<?> items) {
      for (Object item : items) {
        if (item instanceof Map<?, ?> map) {
          collect(map, source, secrets);
        }
      }
      return;
    }
    @SuppressWarnings("unchecked")
    Secret secret = SecretManifest.read((Map<String, @Nullable Object>) tree, source);
    secrets.add(secret);
    SealingKeys.read(secret).close();
  }

  private static Secret labelled(Secret secret) {
    Map<String, String> labels = new LinkedHashMap<>(secret.metadata().labels());
    labels.put(SealingKeys.LABEL, SealingKeys.ACTIVE);
    return new Secret(
        secret
            .metadata()
            .with("namespace", SealingKeys.NAMESPACE)
            .with("labels", labels)
            .with("ownerReferences", null)
            .with("managedFields", null)
            .with("uid", null)
            .with("resourceVersion", null),
        "kubernetes.io/tls",
        secret.immutable(),
        secret.data().copy());
  }

  private int protect(Surroundings surroundings) throws StateException {
    try (Project.Session session = begin(surroundings)) {
      if (action == Action.passphrase) {
        session.usePassphrase();
      } else {
        session.useKeyFile();
      }
      session.save();
      return ExitCode.OK;
    }
  }
}
