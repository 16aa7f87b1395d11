package dev.signet.operator;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Metadata;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.kube.Cluster;
import dev.signet.kube.Connection;
import dev.signet.kube.Diagnostics;
import dev.signet.kube.Options;
import dev.signet.kube.Resource;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What helps to find out why something is not delivered, to be handed to somebody else: a zip file
 * of versions, names, statuses, events, and the operator's log and metrics.
 *
 * <p>It is built from what is known to be harmless, not by taking things away: of an object its
 * name and the fields of its conditions, of a Secret nothing but the name and age of sealing keys.
 * No specification goes in, so neither ciphertexts nor the values of fake stores. Of texts that
 * others wrote whatever looks like a key, a token or encoded bytes is cut.
 */
public final class SupportBundle {

  private static final Pattern LOOKS_SECRET = Pattern.compile("[A-Za-z0-9+/_=-]{40,}");
  private static final String CUT = "(cut)";
  private static final int LOG_LINES = 2000;

  private static final Set<String> CONDITION_FIELDS =
      Set.of("type", "status", "reason", "message", "lastTransitionTime", "lastUpdateTime");
  private static final Set<String> STATUS_FIELDS =
      Set.of("observedGeneration", "refreshTime", "capabilities");

  /**
   * Whom to ask.
   *
   * @param version what this program calls itself
   * @param namespace where the operator's pods are
   * @param label the label by which they are found
   * @param value its value
   * @param port of their endpoints
   * @param keyNamespace where the sealing keys are
   */
  public record Source(
      String version,
      String namespace,
      String label,
      String value,
      int port,
      String keyNamespace) {}

  private final Cluster cluster;
  private final Source source;
  private final ZipOutputStream zip;
  private final List<String> unread = new ArrayList<>();

  private SupportBundle(Cluster cluster, Source source, ZipOutputStream zip) {
    this.cluster = cluster;
    this.source = source;
    this.zip = zip;
  }

  /**
   * Writes the bundle; what could not be read is named in it. The caller closes {@code out}.
   *
   * @return what could not be read and why
   */
  public static List<String> write(
      OutputStream out, Connection connection, Source source, Instant now) throws IOException {
    List<Resource> resources = new ArrayList<>(Kinds.ALL);
    resources.add(Diagnostics.PODS);
    resources.add(Diagnostics.EVENTS);
    ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
    try (Cluster cluster = new Cluster(connection, resources, Options.defaults())) {
      SupportBundle bundle = new SupportBundle(cluster, source, zip);
      bundle.about(now);
      bundle.objects();
      bundle.keys();
      bundle.events();
      bundle.pods();
      bundle.text("unread.txt", String.join("\n", bundle.unread) + "\n");
      zip.finish();
      return List.copyOf(bundle.unread);
    }
  }

  private void about(Instant now) throws IOException {
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("time", now.toString());
    about.put("version", source.version());
    about.put("java", Runtime.version().toString());
    about.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    about.put("server", cluster.connection().server());
    json("about.json", about);
  }

  private interface Reading {
    void run() throws ObjectsException, IOException;
  }

  /** What fails is noted, and does not keep the rest from being written. */
  private void attempt(String what, Reading reading) throws IOException {
    try {
      reading.run();
    } catch (ObjectsException e) {
      unread.add(what + ": " + cut(e.getMessage()));
    }
  }

  private void objects() throws IOException {
    for (Resource resource : Kinds.ALL) {
      attempt(
          resource.plural(),
          () -> {
            List<Object> rows = new ArrayList<>();
            for (KubeObject object : cluster.list(resource.kind())) {
              rows.add(row(object));
            }
            json("objects/" + resource.plural() + ".json", rows);
          });
    }
  }

  private static Map<String, Object> row(KubeObject object) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("apiVersion", object.apiVersion());
    row.put("namespace", object.ref().namespace());
    row.put("name", object.ref().name());
    Map<?, ?> metadata = map(object.tree().get("metadata"));
    copy(metadata, Set.of("creationTimestamp", "generation"), row);
    Map<?, ?> status = map(object.tree().get("status"));
    copy(status, STATUS_FIELDS, row);
    List<Object> conditions = new ArrayList<>();
    if (status.get("conditions") instanceof List<?> list) {
      for (Object each : list) {
        Map<String, Object> condition = new LinkedHashMap<>();
        copy(map(each), CONDITION_FIELDS, condition);
        conditions.add(condition);
      }
    }
    row.put("conditions", conditions);
    return row;
  }

  private static Map<?, ?> map(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static void copy(Map<?, ?> from, Set<String> fields, Map<String, Object> to) {
    from.forEach(
        (name, value) -> {
          if (name instanceof String field && fields.contains(field)) {
            if (value instanceof String text) {
              to.put(field, cut(text));
            } else if (value instanceof Number number) {
              to.put(field, number);
            }
          }
        });
  }

  private void keys() throws IOException {
    attempt(
        "sealing keys",
        () -> {
          List<Object> rows = new ArrayList<>();
          for (Metadata each :
              cluster.secretMetadata(
                  source.keyNamespace(), SealingKeys.LABEL, SealingKeys.ACTIVE)) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", each.name());
            copy(each.tree(), Set.of("creationTimestamp"), row);
            rows.add(row);
          }
          json("keys.json", rows);
        });
  }

  private void events() throws IOException {
    attempt(
        "events",
        () -> {
          List<Object> rows = new ArrayList<>();
          for (KubeObject event : cluster.list(Diagnostics.EVENTS.kind())) {
            Map<?, ?> involved = map(event.tree().get("involvedObject"));
            boolean ours =
                Kinds.ALL.stream()
                    .anyMatch(each -> each.kind().kind().equals(involved.get("kind")));
            if (ours) {
              Map<String, Object> row = new LinkedHashMap<>();
              copy(involved, Set.of("kind", "namespace", "name"), row);
              copy(
                  event.tree(), Set.of("type", "reason", "message", "lastTimestamp", "count"), row);
              rows.add(row);
            }
          }
          json("events.json", rows);
        });
  }

  private void pods() throws IOException {
    Diagnostics diagnostics = cluster.diagnostics();
    attempt(
        "pods",
        () -> {
          for (String pod : diagnostics.pods(source.namespace(), source.label(), source.value())) {
            attempt(
                "log of " + pod,
                () ->
                    text(
                        "pods/" + pod + ".log",
                        cut(diagnostics.log(source.namespace(), pod, LOG_LINES))));
            attempt(
                "metrics of " + pod,
                () ->
                    text(
                        "pods/" + pod + ".metrics",
                        diagnostics.served(source.namespace(), pod, source.port(), "/metrics")));
          }
        });
  }

  static String cut(String text) {
    return LOOKS_SECRET.matcher(text).replaceAll(CUT);
  }

  private void json(String name, Object tree) throws IOException {
    text(name, GoJson.write(tree, GoJson.Layout.INDENTED, GoJson.Keys.AS_GIVEN) + "\n");
  }

  private void text(String name, String content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }
}
