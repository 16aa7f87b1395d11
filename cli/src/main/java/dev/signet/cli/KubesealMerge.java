package dev.signet.cli;

import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.Sealer;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import dev.signet.dialects.sealedsecrets.Sealing;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code kubeseal --merge-into FILE}: seals a Secret for the SealedSecret in a file and puts its
 * items, and the labels and annotations of its template, in among those there.
 *
 * <p>What is new opens where what was there opens: it is sealed in the file's scope, whatever the
 * input says; another {@code --scope} is an error. The file stays YAML or JSON. Upstream takes the
 * scope from the flag or the input and writes {@code --format}; that is had with {@link #SWITCH}.
 */
final class KubesealMerge {

  /** The environment variable that asks for upstream's way, with the value upstream. */
  static final String SWITCH = "SIGNET_KUBESEAL_MERGE";

  private final Surroundings surroundings;
  private final String name;
  private final boolean asUpstream;
  private final Document document;
  private final SealedSecret before;

  private KubesealMerge(
      Surroundings surroundings, String name, Document document, SealedSecret before) {
    this.surroundings = surroundings;
    this.name = name;
    this.document = document;
    this.before = before;
    this.asUpstream = surroundings.variable(SWITCH).filter("upstream"::equals).isPresent();
  }

  static KubesealMerge into(Surroundings surroundings, String name) throws CommandFailure {
    byte[] content = KubesealFile.read(surroundings, name);
    try {
      List<Document> documents =
          Documents.read(content, name, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
      if (documents.size() != 1) {
        throw CommandFailure.of(
            name
                + (documents.isEmpty() ? " holds no SealedSecret" : " holds several documents")
                + "; give one SealedSecret");
      }
      Document document = documents.getFirst();
      SealDocuments.numbersToText(document.tree());
      SealedSecret sealed = SealedSecret.sent(document.tree());
      if (sealed.deprecatedData().isPresent()) {
        throw CommandFailure.of(
            name + " uses the deprecated field spec.data; run `kubeseal --re-encrypt` on it first");
      }
      return new KubesealMerge(surroundings, name, document, sealed);
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    } catch (MalformedObjectException e) {
      throw CommandFailure.of(name + ": " + e.getMessage());
    }
  }

  /** How the input is to be sealed. */
  Sealing sealing(Sealing usual) throws CommandFailure {
    Optional<Scope> scope = usual.scope();
    if (!asUpstream) {
      if (scope.isPresent() && scope.get() != before.scope()) {
        throw CommandFailure.of(
            name
                + " is sealed "
                + before.scope().text()
                + ", not "
                + scope.get().text()
                + ": what is sealed in one scope does not open in another; leave --scope out, or"
                + " seal all of it anew");
      }
      scope = Optional.of(before.scope());
    }
    return new Sealing(
        scope,
        Optional.of(before.metadata().name()).filter(text -> !text.isEmpty()),
        usual.namespace(),
        usual.namespaceChosen(),
        usual.allowEmpty());
  }

  /** Every Secret of the input goes to the file's namespace. */
  void merge(byte[] input, String source, Sealing sealing, Sealer sealer, ManifestFormat asked)
      throws CommandFailure {
    SealedSecret after = before;
    List<SealedSecret> all =
        SealDocuments.sealInto(before.metadata().namespace(), input, source, sealing, sealer);
    for (SealedSecret each : all) {
      after = merged(after, each);
    }
    ManifestFormat own =
        document.syntax() == Document.Syntax.JSON ? ManifestFormat.JSON : ManifestFormat.YAML;
    byte[] content =
        (asUpstream ? asked : own).document(after.write()).getBytes(StandardCharsets.UTF_8);
    InputOutput.write(
        surroundings, Optional.of(Kubeseal.file(name)), content, AtomicFile.Readers.AS_USUAL);
  }

  private static SealedSecret merged(SealedSecret into, SealedSecret from) {
    Map<String, String> items = new TreeMap<>(into.encryptedData());
    items.putAll(from.encryptedData());
    SealedSecret.Template template = into.template();
    Metadata metadata = template.metadata();
    Metadata more = from.template().metadata();
    return new SealedSecret(
        into.metadata(),
        items,
        new SealedSecret.Template(
            metadata
                .with("labels", both(metadata.labels(), more.labels()))
                .with("annotations", both(metadata.annotations(), more.annotations())),
            template.type(),
            template.immutable(),
            template.data()),
        Optional.empty());
  }

  private static Map<String, String> both(Map<String, String> some, Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(some);
    all.putAll(more);
    return all;
  }
}
