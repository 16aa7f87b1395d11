package dev.signet.cli;

import dev.signet.cli.sops.SopsManifests;
import dev.signet.core.Item;
import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import dev.signet.dialects.sealedsecrets.Sealing;
import dev.signet.dialects.sealedsecrets.UnsealException;
import dev.signet.dialects.sealedsecrets.Unsealing;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Moves Secrets between forms, file by file in place: plain, encrypted by SOPS, sealed, or in a",
      "store with an ExternalSecret in the file. Without --write it only says what it would do. What comes out is opened again and compared by keyed",
      "hashes with what went in; a file whose values are not proven to be the same is left alone."
    },
    footer = {
      "",
      "Examples:",
      "  signet convert deploy/ --to sops",
      "  signet convert deploy/ --to sops --write",
      "  signet convert secret.yaml --to sealed --cert production.pem --write --unproven",
      "  signet convert deploy/ --to external --store vault --write",
      "",
      "SOPS files are for those whom .sops.yaml says; sealed ones are for your newest key, or --cert.",
      "A store gets what it does not have, and keeps what it has; with other values there nothing is written.",
      "The history of git keeps what was plain in it: change such values at their source."
    })
final class ConvertCommand implements Command {

  enum Form {
    plain,
    sops,
    sealed,
    external
  }

  @Mixin Options options = new Options();

  @Mixin Options.State state = new Options.State();

  @Mixin ManifestFiles files = new ManifestFiles();

  @Option(
      names = "--to",
      paramLabel = "FORM",
      required = true,
      description = "One of ${COMPLETION-CANDIDATES}.")
  Form to = Form.sops;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Seal for the holder of this certificate's key; default: your newest key.")
  Optional<String> certificate = Optional.empty();

  @Option(
      names = "--store",
      paramLabel = "[KIND/]NAME",
      description = "With --to external: the SecretStore, or ClusterSecretStore/NAME.")
  Optional<String> store = Optional.empty();

  @Option(
      names = "--key",
      paramLabel = "PATTERN",
      defaultValue = "{namespace}/{name}",
      description = {
        "With --to external: the key of a Secret in the store; default ${DEFAULT-VALUE}. Each value is a",
        "property of it, unless the pattern has {key}, for stores that know no properties."
      })
  String key = "{namespace}/{name}";

  @Option(
      names = "--stores",
      paramLabel = "PATH",
      description =
          "Manifests of stores and of what they need; repeatable; default: those that are converted.")
  List<String> stores = new ArrayList<>();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      defaultValue = "default",
      description = "The namespace of objects that name none; default ${DEFAULT-VALUE}.")
  String namespace = "default";

  @Option(names = "--write", description = "Replace the files.")
  boolean write;

  @Option(
      names = "--unproven",
      description = "Also replace files by what cannot be opened here, to be compared.")
  boolean unproven;

  /**
   * A file's manifests with all values in plain.
   *
   * @param text as it was written, if that is known
   */
  private record Opened(
      Form form, List<Map<String, @Nullable Object>> trees, Optional<String> text) {}

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    Optional<ExternalForm.Place> place = place();
    Table table = new Table("FILE", "FROM", "TO", "RESULT");
    List<String> problems = new ArrayList<>();
    byte[] hashKey = new byte[32];
    surroundings.random().nextBytes(hashKey);
    try (SopsManifests sops = new SopsManifests(surroundings.sops())) {
      List<String> places = stores.isEmpty() ? files.places : stores;
      ExternalForm external =
          new ExternalForm(
              surroundings,
              Projects.of(surroundings, state),
              sops,
              places.stream().map(surroundings::path).toList(),
              namespace);
      Keys keys = new Keys(surroundings, state, external, place);
      for (ManifestFiles.Found file : files.find(surroundings, /* recursive= */ true)) {
        try {
          convert(surroundings, sops, keys, hashKey, file)
              .ifPresent(row -> table.row(file.name(), row.getFirst(), to.name(), row.getLast()));
        } catch (CommandFailure | ClosedFailure e) {
          table.row(file.name(), "", to.name(), "failed");
          problems.add(file.name() + ": " + e.getMessage());
        }
      }
    }
    if (table.isEmpty()) {
      surroundings.out().println("no Secrets or SealedSecrets in these files");
    } else {
      table.print(surroundings.out());
    }
    surroundings.out().flush();
    problems.forEach(problem -> Signet.error(surroundings, problem, ""));
    return problems.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private Optional<ExternalForm.Place> place() throws CommandFailure {
    if (to == Form.external && store.isEmpty()) {
      throw CommandFailure.usage("--to external needs --store", "name a SecretStore");
    }
    return store.isEmpty()
        ? Optional.empty()
        : Optional.of(ExternalForm.Place.of(store.get(), key));
  }

  /** Sealing keys, which are read when they are needed first; and stores. */
  private static final class Keys {
    private final Surroundings surroundings;
    private final Options.State state;
    private final ExternalForm external;
    private final Optional<ExternalForm.Place> place;
    private Optional<KeyRing> ring = Optional.empty();

    Keys(
        Surroundings surroundings,
        Options.State state,
        ExternalForm external,
        Optional<ExternalForm.Place> place) {
      this.surroundings = surroundings;
      this.state = state;
      this.external = external;
      this.place = place;
    }

    KeyRing ring() throws CommandFailure {
      if (ring.isEmpty()) {
        ring = Optional.of(Projects.ring(surroundings, state));
      }
      return ring.get();
    }
  }

  /** Where it came from and what became of it; nothing, if there is no Secret in the file. */
  private Optional<List<String>> convert(
      Surroundings surroundings,
      SopsManifests sops,
      Keys keys,
      byte[] key,
      ManifestFiles.Found file)
      throws CommandFailure, IOException {
    byte[] content = InputOutput.read(surroundings, file.path().toString());
    if (!ManifestFiles.mention(content, "Secret")) {
      return Optional.empty();
    }
    Opened before = open(surroundings, sops, keys, content, file);
    Map<String, String> values = hashes(before.trees(), file.name(), key);
    if (values.isEmpty()) {
      return Optional.empty();
    }
    if (before.form() == to) {
      return Optional.of(List.of(to.name(), "is so already"));
    }
    byte[] result = written(surroundings, sops, keys, before, file);
    if (to == Form.external && write) {
      for (Map<String, @Nullable Object> tree : before.trees()) {
        if (isSecret(tree)) {
          keys.external.push(tree, keys.place.orElseThrow());
        }
      }
    }
    boolean proven;
    try {
      Opened after = open(surroundings, sops, keys, result, file);
      if (!hashes(after.trees(), file.name(), key).equals(values)) {
        throw CommandFailure.of("the result does not hold the same values; nothing was written");
      }
      proven = true;
    } catch (ClosedFailure e) {
      proven = false;
    }
    String proof =
        proven
            ? "same values"
            : to == Form.external && !write ? "not in the store yet" : "cannot be opened here";
    if (!write || (!proven && !unproven)) {
      return Optional.of(
          List.of(before.form().name(), "not written: " + (write ? proof : "dry run, " + proof)));
    }
    InputOutput.write(
        surroundings,
        Optional.of(file.path().toString()),
        result,
        to == Form.plain ? AtomicFile.Readers.OWNER : AtomicFile.Readers.AS_BEFORE);
    return Optional.of(List.of(before.form().name(), "written, " + proof));
  }

  /** Nobody here has the key; everything else is a failure. */
  static final class ClosedFailure extends IOException {
    private static final long serialVersionUID = 1;

    ClosedFailure(String message) {
      super(message);
    }
  }

  private Opened open(
      Surroundings surroundings,
      SopsManifests sops,
      Keys keys,
      byte[] content,
      ManifestFiles.Found file)
      throws CommandFailure, ClosedFailure {
    byte[] plain = content;
    Form form = Form.plain;
    if (sops.metadata(content, file.path()).isPresent()) {
      form = Form.sops;
      try {
        plain = sops.decrypt(content, file.path());
      } catch (SopsManifests.ClosedException e) {
        throw new ClosedFailure(e.getMessage().replaceAll("\\s+", " "));
      }
    }
    List<Map<String, @Nullable Object>> trees = new ArrayList<>();
    try {
      for (Document document :
          Documents.read(plain, file.name(), ReadLimits.DEFAULT, DuplicateKeys.REJECTED)) {
        if (ExternalForm.isOne(document.tree())) {
          form = Form.external;
          trees.add(keys.external.secret(document.tree()));
          continue;
        }
        if (!"SealedSecret".equals(document.tree().get("kind"))) {
          trees.add(document.tree());
          continue;
        }
        form = Form.sealed;
        KubeObject object = KubeObject.of(document.tree(), namespace);
        Unsealing unsealing = new Unsealing(keys.ring(), surroundings.templateSources());
        try (Secret secret = unsealing.unseal(SealedSecret.of(object), Hint.NONE)) {
          // Nobody owns it any more: a cluster would take away what a missing object owns.
          trees.add(
              SecretManifest.write(
                  secret.withMetadata(secret.metadata().with("ownerReferences", null))));
        } catch (UnsealException e) {
          throw new ClosedFailure(e.getMessage().replace("\n", "; "));
        }
      }
    } catch (MalformedDocumentException | MalformedObjectException e) {
      throw CommandFailure.because(e);
    }
    return new Opened(
        form,
        trees,
        form == Form.sealed || form == Form.external
            ? Optional.empty()
            : Optional.of(new String(plain, StandardCharsets.UTF_8)));
  }

  private byte[] written(
      Surroundings surroundings,
      SopsManifests sops,
      Keys keys,
      Opened before,
      ManifestFiles.Found file)
      throws CommandFailure, IOException {
    StringBuilder all = new StringBuilder();
    for (Map<String, @Nullable Object> tree : before.trees()) {
      all.append(ManifestFormat.YAML.document(tree));
    }
    byte[] plain = before.text().orElse(all.toString()).getBytes(StandardCharsets.UTF_8);
    return switch (to) {
      case plain -> plain;
      case sops -> {
        try {
          yield sops.encrypt(plain, file.path(), Optional.empty());
        } catch (SopsManifests.ClosedException e) {
          throw CommandFailure.because(e);
        }
      }
      case sealed -> sealed(surroundings, keys, before, file);
      case external -> {
        StringBuilder manifests = new StringBuilder();
        for (Map<String, @Nullable Object> tree : before.trees()) {
          manifests.append(
              ManifestFormat.YAML.document(
                  isSecret(tree) ? keys.external.manifest(tree, keys.place.orElseThrow()) : tree));
        }
        yield manifests.toString().getBytes(StandardCharsets.UTF_8);
      }
    };
  }

  private byte[] sealed(
      Surroundings surroundings, Keys keys, Opened before, ManifestFiles.Found file)
      throws CommandFailure, IOException {
    Sealer sealer = new Sealer(certificate(surroundings, keys).publicKey(), surroundings.random());
    Sealing sealing =
        new Sealing(
            Optional.empty(),
            Optional.empty(),
            Optional.of(namespace),
            /* namespaceChosen= */ false,
            /* allowEmpty= */ true);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Map<String, @Nullable Object> tree : before.trees()) {
      byte[] text = ManifestFormat.YAML.document(tree).getBytes(StandardCharsets.UTF_8);
      if (isSecret(tree)) {
        SealDocuments.seal(text, file.name(), sealing, sealer, ManifestFormat.YAML, out);
      } else {
        out.writeBytes(text);
      }
    }
    return out.toByteArray();
  }

  private SealingCertificate certificate(Surroundings surroundings, Keys keys)
      throws CommandFailure {
    if (certificate.isPresent()) {
      try {
        return SealingCertificate.read(InputOutput.read(surroundings, certificate.get()));
      } catch (MalformedKeyException e) {
        throw CommandFailure.of("the certificate " + certificate.get() + ": " + e.getMessage());
      }
    }
    return keys.ring()
        .current()
        .map(SealingKey::certificate)
        .orElseThrow(() -> CommandFailure.of("there is no sealing key; give --cert FILE"));
  }

  private static boolean isSecret(Map<String, @Nullable Object> tree) {
    return "Secret".equals(tree.get("kind")) && "v1".equals(tree.get("apiVersion"));
  }

  /** Of each Secret: a hash of its names and values that nobody else can compute. */
  private Map<String, String> hashes(
      List<Map<String, @Nullable Object>> trees, String source, byte[] key) throws CommandFailure {
    Map<String, String> hashes = new TreeMap<>();
    for (Map<String, @Nullable Object> tree : trees) {
      if (!isSecret(tree)) {
        continue;
      }
      try {
        KubeObject object = KubeObject.of(tree, namespace);
        try (Secret secret = SecretManifest.read(tree, source)) {
          Mac mac = Mac.getInstance("HmacSHA256");
          mac.init(new SecretKeySpec(key, "HmacSHA256"));
          for (Map.Entry<String, Item> entry : new TreeMap<>(secret.data().items()).entrySet()) {
            update(mac, entry.getKey().getBytes(StandardCharsets.UTF_8));
            boolean _ =
                entry
                    .getValue()
                    .value()
                    .with(
                        bytes -> {
                          update(mac, bytes);
                          return true;
                        });
          }
          hashes.put(object.ref().toString(), HexFormat.of().formatHex(mac.doFinal()));
        }
      } catch (MalformedObjectException e) {
        throw CommandFailure.because(e);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JDK lacks HmacSHA256", e);
      }
    }
    return hashes;
  }

  private static void update(Mac mac, byte[] bytes) {
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    mac.update(bytes);
  }
}
