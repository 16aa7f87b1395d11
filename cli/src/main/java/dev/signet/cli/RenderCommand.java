package dev.signet.cli;

import dev.signet.cli.sops.SopsManifests;
import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.delivery.directory.Manifests;
import dev.signet.dialects.sealedsecrets.Sealing;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Prints manifests with what SOPS encrypted in plain, or sealed instead: a filter between a folder",
      "or a pipe and whoever applies, such as a plugin of Argo CD. Other documents pass as they are.",
      "With --deliver it also prints what SealedSecrets, ExternalSecrets and SopsSecrets make."
    },
    footer = {
      "",
      "Examples:",
      "  signet render -f deploy/ | kubectl apply -f -",
      "  kustomize build . | signet render --ignore-mac",
      "  signet render -f deploy/ --sealed-with cluster.pem",
      "  signet render -f deploy/ --deliver | kubectl diff -f -",
      "",
      "Without --sealed-with the output holds secrets in plain: Argo CD keeps it in its cache. Files are",
      "printed only if all of them can be opened; with --deliver, only if all is delivered."
    })
final class RenderCommand implements Command {

  @Mixin Options options = new Options();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "PATH",
      description =
          "A manifest, or a folder with manifests below it; repeatable; default: standard input.")
  List<String> files = new ArrayList<>();

  @Option(
      names = "--sealed-with",
      paramLabel = "FILE",
      description = "Print SealedSecrets for the holder of this certificate's key, no Secrets.")
  Optional<String> certificate = Optional.empty();

  @Option(
      names = "--ignore-mac",
      description = {
        "Do not check the MAC, which does not fit any more when kustomize has put fields into",
        "another order. Whoever can change the files can then move values to other places."
      })
  boolean ignoreMac;

  @Option(
      names = "--deliver",
      description = {
        "Print the Secrets, and other objects, that secret resources make, in the place of these, of",
        "their stores and generators. Values are fetched now; the keys are those of the directory's",
        "state, which is not changed. PushSecrets push nothing and pass as they are."
      })
  boolean deliver;

  @Mixin Options.StateFolder state = new Options.StateFolder();

  @Mixin FluxKeyOptions flux = new FluxKeyOptions();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      defaultValue = "default",
      description = "With --sealed-with or --deliver: the namespace of objects that name none.")
  String namespace = "default";

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<Path> sources = files.stream().map(surroundings::path).toList();
    try (SopsManifests sops = flux.open(surroundings, sources)) {
      if (deliver) {
        deliver(surroundings, sops, sources, all);
      } else if (files.isEmpty()) {
        byte[] input = InputOutput.read(surroundings, "-");
        if (isFunction(input)) {
          all.writeBytes(
              new KrmFunction(surroundings, sops, ignoreMac)
                  .run(read(input, "standard input").getFirst().tree()));
        } else {
          render(surroundings, sops, input, Path.of("stdin.yaml"), "standard input", all);
        }
      } else {
        ManifestFiles found = new ManifestFiles();
        found.places.addAll(files);
        for (ManifestFiles.Found file : found.find(surroundings, /* recursive= */ true)) {
          byte[] content = InputOutput.read(surroundings, file.path().toString());
          render(surroundings, sops, content, file.path(), file.name(), all);
        }
      }
    }
    byte[] content = all.toByteArray();
    InputOutput.write(surroundings, Optional.empty(), content, AtomicFile.Readers.OWNER);
    Arrays.fill(content, (byte) 0);
    return ExitCode.OK;
  }

  private void deliver(
      Surroundings surroundings, SopsManifests sops, List<Path> sources, ByteArrayOutputStream out)
      throws CommandFailure, IOException {
    if (ignoreMac) {
      throw CommandFailure.usage(
          "--ignore-mac and --deliver exclude each other", "render first, and deliver its output");
    }
    SopsFiles opener = new SopsFiles(sops, /* checking= */ true);
    Manifests manifests;
    if (sources.isEmpty()) {
      byte[] input = InputOutput.read(surroundings, "-");
      if (isFunction(input)) {
        throw CommandFailure.of("--deliver is not for functions of kustomize");
      }
      manifests = Manifests.of(input, Path.of("stdin.yaml"), namespace, opener);
    } else {
      manifests = Manifests.read(sources, namespace, opener);
    }
    Optional<Sealer> sealer =
        certificate.isPresent()
            ? Optional.of(sealer(surroundings, certificate.get()))
            : Optional.empty();
    for (Map<String, @Nullable Object> tree :
        new DeliveredManifests(surroundings, Projects.of(surroundings, state), sops)
            .of(manifests)) {
      print(tree, "what was delivered", sealer, out);
    }
  }

  /** Whether kustomize is who calls. */
  private static boolean isFunction(byte[] input) throws CommandFailure {
    return ManifestFiles.mention(input, "ResourceList")
        && read(input, "standard input").stream()
            .anyMatch(each -> KrmFunction.isInput(each.tree()));
  }

  /** Each document by itself: a stream may hold several files, each with a data key of its own. */
  private void render(
      Surroundings surroundings,
      SopsManifests sops,
      byte[] content,
      Path file,
      String source,
      ByteArrayOutputStream out)
      throws CommandFailure, IOException {
    try {
      if (!ManifestFiles.mention(content, "ENC[AES256_GCM")) {
        print(surroundings, withValues(sops, content, source), source, out);
        return;
      }
      boolean fits = false;
      if (sops.metadata(content, file).isPresent()) {
        List<Document> all = read(content, source);
        boolean excepted = all.stream().anyMatch(each -> Manifests.staysClosed(each.tree()));
        if (!excepted) {
          try {
            byte[] plain = decrypted(sops, content, file);
            print(surroundings, withValues(sops, plain, source), source, out);
            return;
          } catch (SopsManifests.ClosedException e) {
            if (all.size() == 1) {
              throw e;
            }
          }
        } else if (all.stream().anyMatch(each -> !Manifests.staysClosed(each.tree()))) {
          // One file whose MAC covers what is left closed, too.
          fits = opens(sops, content, file);
        }
      }
      for (String document : documents(content)) {
        byte[] text = document.getBytes(StandardCharsets.UTF_8);
        boolean stays =
            sops.metadata(text, file).isEmpty()
                || read(text, source).stream().anyMatch(each -> Manifests.staysClosed(each.tree()));
        byte[] plain =
            stays ? text : fits ? sops.decryptUnchecked(text, file) : decrypted(sops, text, file);
        print(surroundings, withValues(sops, plain, source), source, out);
      }
    } catch (SopsManifests.ClosedException e) {
      throw closed(source, e);
    }
  }

  private static boolean opens(SopsManifests sops, byte[] content, Path file) {
    try {
      Arrays.fill(sops.decrypt(content, file), (byte) 0);
      return true;
    } catch (SopsManifests.ClosedException e) {
      return false;
    }
  }

  private byte[] decrypted(SopsManifests sops, byte[] text, Path file)
      throws SopsManifests.ClosedException {
    return ignoreMac ? sops.decryptUnchecked(text, file) : sops.decrypt(text, file);
  }

  /** The same with those values of Secrets in plain that are files of SOPS themselves. */
  private byte[] withValues(SopsManifests sops, byte[] content, String source)
      throws SopsManifests.ClosedException, CommandFailure {
    if (!ManifestFiles.mention(content, "Secret") || !ManifestFiles.mention(content, "data")) {
      return content;
    }
    List<Document> documents;
    try {
      documents = Documents.read(content, source, ReadLimits.DEFAULT, DuplicateKeys.REJECTED);
    } catch (MalformedDocumentException e) {
      // Nothing that is opened here: it passes as it is.
      return content;
    }
    String text = new String(content, StandardCharsets.UTF_8);
    for (Document document : documents) {
      boolean plain =
          "Secret".equals(document.tree().get("kind")) && !Manifests.staysClosed(document.tree());
      if (plain && document.tree().get("data") instanceof Map<?, ?> data) {
        for (Map.Entry<?, ?> each : data.entrySet()) {
          if (each.getValue() instanceof String value) {
            text = withValue(sops, text, String.valueOf(each.getKey()), value, source);
          }
        }
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String withValue(SopsManifests sops, String text, String key, String value, String source)
      throws SopsManifests.ClosedException, CommandFailure {
    Optional<byte[]> opened;
    try {
      opened = sops.decryptValue(key, GoBase64.STD.decode(value), ignoreMac);
    } catch (IllegalBase64Exception e) {
      return text;
    }
    if (opened.isEmpty()) {
      return text;
    }
    if (!text.contains(value)) {
      throw CommandFailure.of(
          source + ": data." + key + " holds an encrypted file, folded over several lines",
          "write its Base64 on one line");
    }
    return text.replace(value, GoBase64.STD.encodeToString(opened.get()));
  }

  private static CommandFailure closed(String source, SopsManifests.ClosedException e) {
    return CommandFailure.of(
        source + " stays closed: " + e.getMessage().replaceAll("\\s+", " "),
        "nothing was printed; `signet recipients` says who can open it");
  }

  private static List<Document> read(byte[] content, String source) throws CommandFailure {
    try {
      return Documents.read(content, source, ReadLimits.DEFAULT, DuplicateKeys.REJECTED);
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    }
  }

  private static List<String> documents(byte[] content) {
    String text = new String(content, StandardCharsets.UTF_8);
    return Arrays.stream(text.split("(?m)^---[ \t]*\r?$", -1))
        .filter(document -> !document.isBlank())
        .toList();
  }

  private void print(
      Surroundings surroundings, byte[] plain, String source, ByteArrayOutputStream out)
      throws CommandFailure, IOException {
    if (certificate.isEmpty()) {
      if (!startsDocument(plain)) {
        out.writeBytes("---\n".getBytes(StandardCharsets.UTF_8));
      }
      out.writeBytes(plain);
      if (plain.length > 0 && plain[plain.length - 1] != '\n') {
        out.write('\n');
      }
      return;
    }
    Optional<Sealer> sealer = Optional.of(sealer(surroundings, certificate.get()));
    for (Document document : read(plain, source)) {
      print(document.tree(), source, sealer, out);
    }
  }

  private void print(
      Map<String, @Nullable Object> tree,
      String source,
      Optional<Sealer> sealer,
      ByteArrayOutputStream out)
      throws CommandFailure, IOException {
    byte[] text = ManifestFormat.YAML.document(tree).getBytes(StandardCharsets.UTF_8);
    boolean secret = "Secret".equals(tree.get("kind")) && "v1".equals(tree.get("apiVersion"));
    if (!secret || sealer.isEmpty()) {
      out.writeBytes(text);
      return;
    }
    SealDocuments.seal(
        text,
        source,
        new Sealing(
            Optional.empty(),
            Optional.empty(),
            Optional.of(namespace),
            /* namespaceChosen= */ false,
            /* allowEmpty= */ true),
        sealer.get(),
        ManifestFormat.YAML,
        out);
  }

  private static boolean startsDocument(byte[] text) {
    return text.length > 3 && text[0] == '-' && text[1] == '-' && text[2] == '-';
  }

  private static Sealer sealer(Surroundings surroundings, String file) throws CommandFailure {
    try {
      return new Sealer(
          SealingCertificate.read(InputOutput.read(surroundings, file)).publicKey(),
          surroundings.random());
    } catch (MalformedKeyException e) {
      throw CommandFailure.of("the certificate " + file + ": " + e.getMessage());
    }
  }
}
