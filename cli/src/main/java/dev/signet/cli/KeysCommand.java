package dev.signet.cli;

import dev.signet.core.SecretBytes;
import dev.signet.core.age.AgeException;
import dev.signet.core.age.AgeFile;
import dev.signet.core.age.Identity;
import dev.signet.core.age.PassphraseRecipient;
import dev.signet.core.age.Recipient;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.KeySecrets;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.dialects.sealedsecrets.escrow.Escrow;
import dev.signet.dialects.sealedsecrets.escrow.EscrowPlan;
import dev.signet.yaml.GoYaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    description = {
      "Sealing keys for life: list them and what is sealed with each, make new ones, retire old"
          + " ones,",
      "keep encrypted copies, prove that the copies would bring everything back, and bring it"
          + " back.",
      "",
      "The keys are those of the project, or with --cluster, --context or --kubeconfig of a"
          + " cluster."
    },
    footer = {
      "",
      "Actions:",
      "  list                the keys, newest first, and how much is sealed with each",
      "  new, rotate         make a key that seals from now on; older ones still open",
      "  retire NAME         label a key compromised, so that it opens nothing any more",
      "  cert                the newest certificate, for `kubeseal --cert` and colleagues",
      "  export              the keys as upstream's backup; encrypted with --escrow-recipient",
      "  escrow              keep a verified, encrypted copy of each key where --escrow-... say",
      "  drill               prove that a backup opens every SealedSecret; exit code 3 if not",
      "  restore             bring back keys from backups or escrow that are not there",
      "  import              the same, and a pair of PEM files; all of them become active",
      "  protect-with-passphrase, protect-with-key-file",
      "                      choose what protects the state of the project",
      "",
      "Examples:",
      "  signet keys list --cluster",
      "  signet keys rotate --cluster --escrow-recipient age1... --escrow-folder /mnt/escrow",
      "  signet keys cert -w signet.pem",
      "  signet keys drill --cluster --backup /mnt/escrow --identity key.txt",
      "  signet keys drill -f deploy/ --backup backup.yaml",
      "  signet keys restore --cluster --backup /mnt/escrow --identity key.txt",
      "  kubectl get secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key -o yaml"
          + " |",
      "    signet keys import"
    })
final class KeysCommand implements Command {

  /** By how much at most; what begins later than that was meant to. */
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

  enum Action {
    list,
    make("new"),
    rotate,
    retire,
    cert,
    export,
    escrow,
    drill,
    restore,
    bring("import"),
    passphrase("protect-with-passphrase"),
    keyFile("protect-with-key-file");

    private final String text;

    Action() {
      this.text = name();
    }

    Action(String text) {
      this.text = text;
    }

    /** Whether it may change the state of a project. */
    boolean writes() {
      return switch (this) {
        case list, cert, export, drill -> false;
        case make, rotate, retire, escrow, restore, bring, passphrase, keyFile -> true;
      };
    }

    @Override
    public String toString() {
      return text;
    }
  }

  @Mixin Options options = new Options();

  @Mixin Options.State state = new Options.State();

  @Mixin Options.Output output = new Options.Output();

  @Mixin ClusterChoice cluster = new ClusterChoice();

  @Parameters(
      index = "0",
      paramLabel = "ACTION",
      defaultValue = "list",
      converter = ActionConverter.class,
      completionCandidates = ActionNames.class,
      description = "One of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  Action action = Action.list;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME",
      description = "The key to retire; the name of a pair that is imported.")
  Optional<String> name = Optional.empty();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "PATH",
      description =
          "import: a backup; default: standard input. list, retire, drill: manifests with the"
              + " SealedSecrets to look at; default: those in the cluster, or those that were"
              + " applied. Repeatable.")
  List<String> files = new ArrayList<>();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description =
          "On a cluster only the SealedSecrets of this namespace; with -f the one of manifests that"
              + " name none.")
  Optional<String> namespace = Optional.empty();

  @Option(
      names = {"-w", "--write"},
      paramLabel = "FILE",
      description = "Where the certificate or the backup goes; default: standard output.")
  Optional<String> write = Optional.empty();

  @Option(
      names = "--key-namespace",
      paramLabel = "NAMESPACE",
      defaultValue = SealingKeys.NAMESPACE,
      description = "Where the keys of a cluster are; default ${DEFAULT-VALUE}.")
  String keyNamespace = SealingKeys.NAMESPACE;

  @Option(
      names = "--key-size",
      paramLabel = "BITS",
      defaultValue = "4096",
      description = "The size of keys that are made; default ${DEFAULT-VALUE}.")
  int keySize = SealingKey.DEFAULT_BITS;

  @Option(
      names = "--backup",
      paramLabel = "PATH",
      description = "drill, restore: a backup, a copy in escrow, or a folder of them; repeatable.")
  List<String> backups = new ArrayList<>();

  @Mixin IdentityOptions identity = new IdentityOptions();

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description = "import: a pair's certificate.")
  Optional<String> certificateFile = Optional.empty();

  @Option(names = "--private-key", paramLabel = "FILE", description = "import: its private key.")
  Optional<String> privateKeyFile = Optional.empty();

  @Option(names = "--no-count", description = "list: do not open SealedSecrets to count them.")
  boolean noCount;

  @Option(names = "--force", description = "retire: though something still needs the key.")
  boolean force;

  @Mixin EscrowOptions escrow = new EscrowOptions();

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
    if (action == Action.passphrase || action == Action.keyFile) {
      cluster.only(true, "protecting a state", /* onCluster= */ false);
      return protect(surroundings);
    }
    if (name.isPresent() && action != Action.retire && action != Action.bring) {
      throw CommandFailure.usage("signet keys " + action + " takes no name", "leave it out");
    }
    try (KeyFiles keyFiles = identity.files(surroundings);
        KeyPlace place = place(surroundings)) {
      return switch (action) {
        case list -> list(surroundings, place);
        case cert -> certificate(surroundings, place);
        case export -> export(surroundings, place);
        case make, rotate -> rotate(surroundings, place, keyFiles);
        case retire -> retire(surroundings, place);
        case escrow -> escrow(surroundings, place, keyFiles);
        case drill -> drill(surroundings, place, keyFiles);
        case restore -> restore(surroundings, place, keyFiles);
        case bring -> bring(surroundings, place, keyFiles);
        case passphrase, keyFile -> throw new IllegalStateException("handled above");
      };
    } catch (StateException | ObjectsException e) {
      throw CommandFailure.because(e);
    }
  }

  private KeyPlace place(Surroundings surroundings) throws CommandFailure, StateException {
    if (cluster.chosen()) {
      return KeyPlace.onCluster(surroundings, cluster, keyNamespace);
    }
    return action.writes()
        ? KeyPlace.write(surroundings, state, action.text)
        : KeyPlace.read(surroundings, state);
  }

  private int list(Surroundings surroundings, KeyPlace place)
      throws CommandFailure, ObjectsException {
    List<KeySecrets.Stored> keys = place.secrets().all();
    if (keys.isEmpty()) {
      output.print(
          surroundings,
          () ->
              surroundings
                  .err()
                  .println("there is no sealing key yet; make one with `signet keys new`"),
          List::of);
      return ExitCode.OK;
    }
    KeyListing listing =
        KeyListing.of(
            keys,
            noCount ? Optional.empty() : Optional.of(place.sealed(files, namespace)),
            surroundings.clock().instant());
    output.print(surroundings, () -> listing.print(surroundings.out()), listing::tree);
    return ExitCode.OK;
  }

  private int certificate(Surroundings surroundings, KeyPlace place)
      throws CommandFailure, ObjectsException {
    SealingKey key =
        place
            .keys(keySize)
            .ring()
            .current()
            .orElseThrow(
                () ->
                    CommandFailure.of(
                        "there is no sealing key yet", "make one with `signet keys new`"));
    InputOutput.write(surroundings, write, key.certificate().toPem(), AtomicFile.Readers.AS_USUAL);
    return ExitCode.OK;
  }

  private int export(Surroundings surroundings, KeyPlace place)
      throws ObjectsException, CommandFailure {
    List<Object> items = new ArrayList<>();
    for (String label : List.of(SealingKeys.ACTIVE, KeySecrets.COMPROMISED)) {
      for (Secret secret : place.objects().secrets(place.namespace(), SealingKeys.LABEL, label)) {
        try (secret) {
          items.add(SecretManifest.write(secret));
        }
      }
    }
    if (items.isEmpty()) {
      throw CommandFailure.of("there is no sealing key to back up");
    }
    Map<String, Object> list = new LinkedHashMap<>();
    list.put("apiVersion", "v1");
    list.put("items", items);
    list.put("kind", "List");
    byte[] plain = GoYaml.write(list).getBytes(StandardCharsets.UTF_8);
    try (SecretBytes content = SecretBytes.wrap(plain)) {
      List<Recipient> readers = readers(surroundings);
      if (!readers.isEmpty()) {
        byte[] file = AgeFile.seal(content, readers, AgeFile.Form.ARMORED, surroundings.random());
        InputOutput.write(surroundings, write, file, AtomicFile.Readers.OWNER);
        return ExitCode.OK;
      }
      InputOutput.write(surroundings, write, plain, AtomicFile.Readers.OWNER);
    } catch (AgeException e) {
      throw CommandFailure.because(e);
    }
    surroundings
        .err()
        .println(
            "these are your private keys in plain: whoever has them opens everything that was"
                + " sealed");
    return ExitCode.OK;
  }

  /** Who opens what is encrypted: age keys, or a passphrase. */
  private List<Recipient> readers(Surroundings surroundings) throws CommandFailure {
    if (escrow.hasRecipients() || identity.passphraseFile.isEmpty()) {
      return escrow.recipients(surroundings);
    }
    return List.of(
        new PassphraseRecipient(
            Passphrases.fromFile(surroundings, identity.passphraseFile.get()),
            PassphraseRecipient.USUAL_WORK_FACTOR));
  }

  private int rotate(Surroundings surroundings, KeyPlace place, KeyFiles keyFiles)
      throws StateException, ObjectsException, CommandFailure {
    Optional<EscrowPlan> plan = escrow.plan(surroundings, readersOfEscrow(surroundings));
    SealingKeys keys = place.keys(keySize, clock(surroundings, place.keys(keySize).ring()));
    SealingKey key = keys.create();
    place.save();
    surroundings.out().println(key.name());
    KeyRing ring = keys.ring();
    Optional<SealingKey> current = ring.current();
    if (current.isPresent() && !current.get().id().equals(key.id())) {
      surroundings
          .err()
          .println(
              "warning: "
                  + current.get().name()
                  + " goes on sealing: its certificate begins later, "
                  + current.get().certificate().notBefore());
    }
    if (plan.isEmpty()) {
      return ExitCode.OK;
    }
    return escrow(surroundings, place, plan.get(), keyFiles.identities(), () -> "the key was made");
  }

  /**
   * Of two certificates the one that begins later is current. So that a key is not made in vain
   * where clocks differ, or twice within a second, a new one begins after the one that is current.
   */
  private static Clock clock(Surroundings surroundings, KeyRing ring) {
    Instant now = surroundings.clock().instant();
    return ring.current()
        .map(current -> current.certificate().notBefore().plusSeconds(1))
        .filter(next -> next.isAfter(now) && next.isBefore(now.plus(CLOCKS_DIFFER)))
        .map(next -> Clock.fixed(next, surroundings.clock().getZone()))
        .orElse(surroundings.clock());
  }

  private List<Recipient> readersOfEscrow(Surroundings surroundings) throws CommandFailure {
    return escrow.hasTarget() ? readers(surroundings) : escrow.recipients(surroundings);
  }

  private int escrow(Surroundings surroundings, KeyPlace place, KeyFiles keyFiles)
      throws StateException, ObjectsException, CommandFailure {
    EscrowPlan plan =
        escrow
            .plan(surroundings, readersOfEscrow(surroundings))
            .orElseThrow(
                () ->
                    CommandFailure.usage(
                        "escrow needs a place and somebody who can open it",
                        "see `signet keys --help`: --escrow-folder, --escrow-recipient"));
    return escrow(
        surroundings, place, plan, keyFiles.identities(), () -> "nothing else was changed");
  }

  private static int escrow(
      Surroundings surroundings,
      KeyPlace place,
      EscrowPlan plan,
      List<Identity> identities,
      Supplier<String> done)
      throws StateException, ObjectsException {
    List<Escrow.Status> statuses =
        plan.escrow(place.objects(), place.namespace(), identities, surroundings.random()).run();
    place.save();
    boolean all = true;
    for (Escrow.Status status : statuses) {
      if (status.problem().isPresent()) {
        all = false;
        Signet.error(
            surroundings,
            status.secret().name() + " has no verified copy: " + status.problem().get(),
            done.get());
      } else {
        surroundings.err().println(status.secret().name() + " has a verified copy");
      }
    }
    return all ? ExitCode.OK : ExitCode.NOT_DELIVERED;
  }

  private int retire(Surroundings surroundings, KeyPlace place)
      throws StateException, ObjectsException, CommandFailure {
    if (name.isEmpty()) {
      throw CommandFailure.usage(
          "which key?", "`signet keys list` has their names: signet keys retire NAME");
    }
    List<KeySecrets.Stored> keys = place.secrets().all();
    KeyListing listing =
        KeyListing.of(
            keys, Optional.of(place.sealed(files, namespace)), surroundings.clock().instant());
    KeyListing.Row row =
        listing
            .find(name.get())
            .orElseThrow(
                () ->
                    CommandFailure.of(
                        "there is no key " + name.get(), "see `signet keys list --no-count`"));
    if (!row.stored().active()) {
      surroundings.err().println(name.get() + " is " + row.stored().state() + " already");
      return ExitCode.OK;
    }
    if (!row.mayRetire() && !force) {
      for (Ref ref : row.use().objects()) {
        surroundings.out().println("needs it: " + ref);
      }
      throw CommandFailure.of(
          name.get()
              + " is still needed: "
              + (row.seals() ? "it is the one that seals" : "")
              + (row.seals() && row.use().items() > 0 ? ", and " : "")
              + (row.use().items() > 0
                  ? row.use().items()
                      + " items of "
                      + row.use().objects().size()
                      + " SealedSecrets are sealed with it"
                  : ""),
          row.seals()
              ? "make another one first with `signet keys rotate`, seal anew, or use --force"
              : "seal them anew, or use --force");
    }
    place.secrets().relabel(name.get(), KeySecrets.COMPROMISED);
    place.save();
    surroundings.out().println(name.get());
    surroundings
        .err()
        .println(
            "it opens nothing any more; back with: kubectl label secret "
                + name.get()
                + " --overwrite "
                + SealingKeys.LABEL
                + "="
                + SealingKeys.ACTIVE);
    return ExitCode.OK;
  }

  private int drill(Surroundings surroundings, KeyPlace place, KeyFiles keyFiles)
      throws CommandFailure, ObjectsException {
    read(place, keyFiles);
    KeyDrill drill =
        KeyDrill.of(place.sealed(files, namespace), keyFiles.secrets(), place.secrets().all());
    output.print(surroundings, () -> drill.print(surroundings), drill::tree);
    return drill.passed() ? ExitCode.OK : ExitCode.NOT_DELIVERED;
  }

  /** The backups that were named, and escrow. */
  private void read(KeyPlace place, KeyFiles keyFiles) throws CommandFailure, ObjectsException {
    if (backups.isEmpty() && escrow.secret.isEmpty()) {
      throw CommandFailure.usage(
          "which backup?", "name a file or folder with --backup, or --escrow-secret NAMESPACE");
    }
    for (String backup : backups) {
      keyFiles.read(backup);
    }
    if (escrow.secret.isPresent()) {
      keyFiles.readEscrow(place.objects(), escrow.secret.get());
    }
    if (keyFiles.secrets().isEmpty()) {
      throw CommandFailure.of("there is no key in the backup");
    }
  }

  private int restore(Surroundings surroundings, KeyPlace place, KeyFiles keyFiles)
      throws CommandFailure, StateException, ObjectsException {
    read(place, keyFiles);
    return add(surroundings, place, keyFiles, /* asTheyWere= */ true);
  }

  private int bring(Surroundings surroundings, KeyPlace place, KeyFiles keyFiles)
      throws CommandFailure, StateException, ObjectsException {
    if (certificateFile.isPresent() != privateKeyFile.isPresent()) {
      throw CommandFailure.usage(
          "a pair has two halves", "name both with --certificate and --private-key");
    }
    if (certificateFile.isPresent() && privateKeyFile.isPresent()) {
      String called =
          name.orElseThrow(
              () ->
                  CommandFailure.usage(
                      "a pair needs a name", "signet keys import NAME --certificate ..."));
      keyFiles.readPair(called, certificateFile.get(), privateKeyFile.get());
    }
    for (String file : files) {
      keyFiles.read(file);
    }
    if (files.isEmpty() && certificateFile.isEmpty()) {
      keyFiles.read("-");
    }
    return add(surroundings, place, keyFiles, /* asTheyWere= */ false);
  }

  private int add(Surroundings surroundings, KeyPlace place, KeyFiles keyFiles, boolean asTheyWere)
      throws StateException, ObjectsException, CommandFailure {
    int added = 0;
    List<String> names = new ArrayList<>();
    try {
      for (Secret secret : keyFiles.secrets()) {
        String label = secret.metadata().labels().getOrDefault(SealingKeys.LABEL, "");
        KeySecrets.Placed placed =
            place
                .secrets()
                .add(secret, asTheyWere && !label.isEmpty() ? label : SealingKeys.ACTIVE);
        names.add(placed.name());
        if (placed.added()) {
          added++;
        } else {
          surroundings.err().println(placed.name() + " is there already");
        }
      }
    } catch (MalformedKeyException e) {
      throw CommandFailure.because(e);
    }
    place.save();
    names.forEach(surroundings.out()::println);
    surroundings.err().println(added + " of " + names.size() + " keys were added");
    return ExitCode.OK;
  }

  private int protect(Surroundings surroundings) throws CommandFailure {
    try (Project.Session session =
        Projects.of(surroundings, state)
            .begin(
                "signet keys " + action + " (pid " + ProcessHandle.current().pid() + ")",
                Duration.ofSeconds(state.wait))) {
      if (action == Action.passphrase) {
        session.usePassphrase();
      } else {
        session.useKeyFile();
      }
      session.save();
      return ExitCode.OK;
    } catch (StateException e) {
      throw CommandFailure.because(e);
    }
  }
}
