package dev.signet.cli;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import dev.signet.template.Inspection;
import dev.signet.template.Options.MissingKey;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads templates without rendering them and says what is wrong: what does not parse, every
 * function that is not defined, and every key that the data do not have, with the one that was
 * probably meant. A file is a template, or a manifest whose SealedSecrets and ExternalSecrets hold
 * templates; of those the keys are known, unless {@code dataFrom} brings some.
 */
final class TemplateCheck {

  /** A file that is meant as a manifest, though it cannot be read as one. */
  private static final Pattern MANIFEST =
      Pattern.compile("(?m)^\\s*\"?kind\"?:\\s*\"?(Sealed|External)Secret\\b");

  private static final GroupKind EXTERNAL = new GroupKind("external-secrets.io", "ExternalSecret");

  /**
   * A text to check.
   *
   * @param object the object that holds it; empty for a file of its own
   * @param keys the keys there are, where they are known
   */
  private record Checked(
      String file, String object, TemplateText text, Optional<Set<String>> keys) {}

  /**
   * What is wrong at a place.
   *
   * @param column bytes before the place; -1 where only the line is known
   * @param meant what was probably meant; empty where nothing is near
   */
  private record Problem(Checked where, int line, int column, String message, String meant) {

    String place() {
      return (where.object.isEmpty() ? "" : where.file + ": " + where.object + ": ")
          + where.text.name()
          + ":"
          + line
          + (column < 0 ? "" : ":" + column);
    }

    Map<String, Object> tree() {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("file", where.file);
      if (!where.object.isEmpty()) {
        tree.put("object", where.object);
        tree.put("key", where.text.name());
      }
      tree.put("line", (long) line);
      if (column >= 0) {
        tree.put("column", (long) column);
      }
      tree.put("problem", message);
      if (!meant.isEmpty()) {
        tree.put("meant", meant);
      }
      return tree;
    }
  }

  private final Surroundings surroundings;
  private final FunctionSet functions;
  private final TemplateFunctions available;
  private final Optional<Set<String>> keys;
  private final List<Checked> texts = new ArrayList<>();

  /**
   * @param keys the keys of the data, for files that are templates
   */
  TemplateCheck(Surroundings surroundings, FunctionSet functions, Optional<Set<String>> keys) {
    this.surroundings = surroundings;
    this.functions = functions;
    this.available = new TemplateFunctions(surroundings);
    this.keys = keys;
  }

  int run(List<String> files, Options.Output output) throws CommandFailure {
    for (String file : files) {
      read(file);
    }
    List<Problem> problems = texts.stream().flatMap(text -> problems(text).stream()).toList();
    output.print(
        surroundings, () -> print(problems), () -> problems.stream().map(Problem::tree).toList());
    if (!problems.isEmpty()) {
      throw CommandFailure.of(count(problems.size(), "problem") + " in " + counted());
    }
    return ExitCode.OK;
  }

  private void read(String file) throws CommandFailure {
    byte[] bytes = InputOutput.read(surroundings, file);
    String source = TemplateInput.source(file);
    List<Checked> inManifests = new ArrayList<>();
    boolean manifests = false;
    try {
      for (Document document :
          Documents.read(bytes, source, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS)) {
        manifests |= inManifest(source, document, inManifests);
      }
      if (manifests) {
        texts.addAll(inManifests);
        return;
      }
    } catch (MalformedDocumentException e) {
      if (MANIFEST.matcher(new String(bytes, StandardCharsets.UTF_8)).find()) {
        throw CommandFailure.because(e);
      }
    }
    TemplateText text =
        new TemplateText(source, bytes, available.of(functions), MissingKey.DEFAULT);
    texts.add(new Checked(source, "", text, keys));
  }

  /** Finds the texts in an object; false where it is of another kind. */
  private boolean inManifest(String source, Document document, List<Checked> found)
      throws CommandFailure {
    Map<String, @Nullable Object> tree = document.tree();
    if (!(tree.get("apiVersion") instanceof String apiVersion)
        || !(tree.get("kind") instanceof String name)) {
      return false;
    }
    GroupKind kind = GroupKind.of(apiVersion, name);
    try {
      if (kind.equals(SealedSecret.KIND)) {
        sealed(source, KubeObject.of(tree, "default"), found);
      } else if (kind.equals(EXTERNAL)) {
        external(source, KubeObject.of(tree, "default"), found);
      } else {
        return false;
      }
      return true;
    } catch (MalformedObjectException e) {
      throw CommandFailure.of(source + ":" + document.line() + ": " + e.getMessage());
    }
  }

  private void sealed(String source, KubeObject object, List<Checked> found)
      throws MalformedObjectException {
    SealedSecret sealed = SealedSecret.of(object);
    Map<String, String> texts = new TreeMap<>();
    sealed.template().data().forEach((key, text) -> text.ifPresent(t -> texts.put(key, t)));
    Set<String> known = new TreeSet<>(sealed.encryptedData().keySet());
    known.addAll(texts.keySet());
    texts.forEach(
        (key, text) ->
            found.add(
                new Checked(
                    source,
                    object.ref().toString(),
                    text(key, text, FunctionSet.SEALED_SECRETS),
                    Optional.of(known))));
  }

  private void external(String source, KubeObject object, List<Checked> found)
      throws MalformedObjectException {
    Fields spec = object.spec();
    Set<String> known = new TreeSet<>();
    for (Fields datum : spec.objects("data")) {
      known.add(datum.requiredString("secretKey"));
    }
    Optional<Set<String>> keys =
        spec.list("dataFrom").isEmpty() ? Optional.of(known) : Optional.empty();
    Optional<Fields> target = spec.object("target");
    Optional<Fields> template =
        target.isPresent() ? target.get().object("template") : Optional.empty();
    if (template.isPresent()) {
      new TreeMap<>(template.get().stringMap("data"))
          .forEach(
              (key, text) ->
                  found.add(
                      new Checked(
                          source,
                          object.ref().toString(),
                          text(key, text, FunctionSet.EXTERNAL_SECRETS),
                          keys)));
    }
  }

  private TemplateText text(String key, String text, FunctionSet functions) {
    return new TemplateText(
        key, text.getBytes(StandardCharsets.UTF_8), available.of(functions), MissingKey.DEFAULT);
  }

  private static List<Problem> problems(Checked checked) {
    Inspection inspection = checked.text.inspect();
    List<Problem> problems = new ArrayList<>();
    Set<String> callable = Inspection.callable(checked.text.functions());
    for (Inspection.Use use : inspection.undefined()) {
      problems.add(problem(checked, use, "function \"" + use.name() + "\" not defined", callable));
    }
    for (Inspection.Use use : inspection.keys()) {
      if (checked.keys.isPresent() && !use.optional() && !checked.keys.get().contains(use.name())) {
        problems.add(problem(checked, use, "no key \"" + use.name() + "\"", checked.keys.get()));
      }
    }
    inspection
        .error()
        .ifPresent(
            error ->
                problems.add(
                    new Problem(checked, error.line(), error.column(), error.detail(), "")));
    return problems;
  }

  private static Problem problem(
      Checked checked, Inspection.Use use, String message, Set<String> there) {
    String meant = Nearest.to(use.name(), there).orElse("");
    return new Problem(checked, use.line(), use.column(), message, meant);
  }

  private void print(List<Problem> problems) {
    for (Problem problem : problems) {
      String meant = problem.meant.isEmpty() ? "" : "; did you mean " + problem.meant + "?";
      surroundings.out().println(problem.place() + ": " + problem.message + meant);
      problem
          .where
          .text
          .line(problem.line, problem.column)
          .lines()
          .forEach(line -> surroundings.out().println("  " + line));
    }
    if (problems.isEmpty()) {
      surroundings.out().println(counted() + ", no problems");
    }
  }

  private String counted() {
    return count(texts.size(), "template");
  }

  private static String count(int number, String what) {
    return number == 1 ? "1 " + what : number + " " + what + "s";
  }
}
