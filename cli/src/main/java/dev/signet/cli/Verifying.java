package dev.signet.cli;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.sealedsecrets.Finding;
import dev.signet.dialects.sealedsecrets.Placed;
import dev.signet.dialects.sealedsecrets.Rule;
import dev.signet.dialects.sealedsecrets.SealedSecretCheck;
import dev.signet.template.Functions;
import dev.signet.yaml.Document;
import dev.signet.yaml.DocumentReader;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.Outline;
import dev.signet.yaml.Place;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks at all SealedSecrets in files and gathers what is wrong with them. */
final class Verifying {

  /** A SealedSecret that was found; it has a name unless it is malformed. */
  private record Seen(Optional<Ref> ref, String file, Place place, long items) {}

  /** What one file holds. */
  private record Looked(List<Located> findings, List<Seen> seen) {

    static Looked nothing() {
      return new Looked(new ArrayList<>(), new ArrayList<>());
    }
  }

  private final Surroundings surroundings;
  private final SealedSecretCheck check;
  private final Functions functions;
  private final String namespace;
  private final Set<Rule> ignored;

  Verifying(
      Surroundings surroundings, SealedSecretCheck check, String namespace, Set<Rule> ignored) {
    this.surroundings = surroundings;
    this.check = check;
    this.functions = new TemplateFunctions(surroundings).of(FunctionSet.SEALED_SECRETS);
    this.namespace = namespace;
    this.ignored = ignored;
  }

  /**
   * Everything about these files.
   *
   * @param before what was found before, elsewhere
   */
  Verified verify(List<ManifestFiles.Found> files, List<Located> before, Verified.Proof proof) {
    List<Looked> looked = EachFile.of(surroundings, "verifying", files, this::look);
    List<Located> findings = new ArrayList<>(before);
    List<Verified.Checked> objects = new ArrayList<>();
    Map<Ref, Seen> first = new HashMap<>();
    long items = 0;
    for (Looked file : looked) {
      findings.addAll(file.findings);
      for (Seen seen : file.seen) {
        items += seen.items;
        String name = seen.ref.map(Ref::toString).orElse("SealedSecret");
        objects.add(new Verified.Checked(seen.file, name, seen.place.line()));
        Seen other = seen.ref.isEmpty() ? null : first.putIfAbsent(seen.ref.get(), seen);
        if (other != null) {
          String message = "it is described in " + other.file + ":" + other.place.line() + ", too";
          findings.add(
              new Located(Rule.DUPLICATE_OBJECT, seen.file, seen.place, name, "", message));
        }
      }
    }
    findings.removeIf(finding -> ignored.contains(finding.rule()));
    findings.sort(Located.ORDER);
    return new Verified(List.copyOf(findings), List.copyOf(objects), items, proof);
  }

  private Looked look(ManifestFiles.Found file) {
    Looked looked = Looked.nothing();
    byte[] content;
    try {
      content = Files.readAllBytes(file.path());
    } catch (IOException e) {
      String message = "cannot read it: " + InputOutput.reason(e);
      looked.findings.add(
          new Located(Rule.MALFORMED_FILE, file.name(), Located.at(1, 1), "", "", message));
      return looked;
    }
    if (!ManifestFiles.mention(content, "SealedSecret")) {
      return looked;
    }
    DocumentReader reader =
        Documents.outlining(content, file.name(), ReadLimits.DEFAULT, DuplicateKeys.REJECTED);
    boolean more = true;
    while (more) {
      try {
        Optional<Document> next = reader.next();
        more = next.isPresent();
        if (next.isPresent()) {
          document(file.name(), next.get(), reader.outline(), looked);
        }
      } catch (MalformedDocumentException e) {
        looked.findings.add(malformed(file.name(), content, e));
      }
    }
    return looked;
  }

  private static Located malformed(
      String file, byte[] content, MalformedDocumentException problem) {
    boolean twice = problem.kind() == MalformedDocumentException.Kind.DUPLICATE_KEY;
    Rule rule =
        twice
            ? Rule.DUPLICATE_KEY
            : ManifestFiles.isTemplate(content, problem)
                ? Rule.UNRENDERED_FILE
                : Rule.MALFORMED_FILE;
    Place place = Located.at(problem.line(), problem.column());
    return new Located(rule, file, place, "", "", problem.problem());
  }

  private void document(String file, Document document, Outline outline, Looked looked) {
    for (Placed placed : Placed.in(document.tree())) {
      Optional<Ref> ref = ref(placed);
      String name = ref.map(Ref::toString).orElse("SealedSecret");
      long items =
          placed.tree().get("spec") instanceof Map<?, ?> spec
                  && spec.get("encryptedData") instanceof Map<?, ?> data
              ? data.size()
              : 0;
      looked.seen.add(new Seen(ref, file, outline.nearest(placed.path()), items));
      List<Finding> findings = new ArrayList<>(check.check(placed, namespace));
      findings.addAll(new TemplateFindings(functions).of(placed));
      for (Finding finding : findings) {
        looked.findings.add(
            new Located(
                finding.rule(),
                file,
                outline.nearest(finding.path()),
                name,
                finding.item(),
                finding.message()));
      }
    }
  }

  private Optional<Ref> ref(Placed placed) {
    try {
      return Optional.of(KubeObject.of(placed.tree(), namespace).ref());
    } catch (MalformedObjectException e) {
      return Optional.empty();
    }
  }
}
