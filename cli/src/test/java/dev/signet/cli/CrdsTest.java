package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.Fields;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrdsTest {

  @TempDir Path folder;

  @Test
  void theDefinitionsAreWrittenOut() throws Exception {
    String printed = new Shell(folder).signet("crds").succeeded().out();
    assertThat(printed).doesNotContain("*store").doesNotContain("&store");
    assertThat(names(printed))
        .containsExactly(
            "sealedsecrets.bitnami.com",
            "externalsecrets.external-secrets.io",
            "secretstores.external-secrets.io",
            "clustersecretstores.external-secrets.io",
            "clusterexternalsecrets.external-secrets.io",
            "clusterpushsecrets.external-secrets.io",
            "pushsecrets.external-secrets.io",
            "fakes.generators.external-secrets.io",
            "mfas.generators.external-secrets.io",
            "passwords.generators.external-secrets.io",
            "sshkeys.generators.external-secrets.io",
            "uuids.generators.external-secrets.io",
            "clustergenerators.generators.external-secrets.io",
            "generatorstates.generators.external-secrets.io",
            "vaultdynamicsecrets.generators.external-secrets.io",
            "webhooks.generators.external-secrets.io",
            "sopssecrets.isindir.github.com");
  }

  @Test
  void aGroupAloneAndAsJson() throws Exception {
    Shell shell = new Shell(folder);
    assertThat(names(shell.signet("crds", "--group", "bitnami.com").succeeded().out()))
        .containsExactly("sealedsecrets.bitnami.com");
    assertThat(shell.signet("crds", "-o", "json", "--group", "bitnami.com").succeeded().out())
        .startsWith("{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\"")
        .contains("\"name\": \"sealedsecrets.bitnami.com\"");
    shell.signet("crds", "--group", "example.com").failed(2, "no kinds of the group example.com");
    shell.signet("crds", "-o", "xml").failed(2, "unknown format xml");
  }

  /** Every field that a schema names has a type, or the API server would drop what is in it. */
  @Test
  void noSchemaIsLeftOpenByMistake() throws Exception {
    for (Document document : documents(new Shell(folder).signet("crds").succeeded().out())) {
      List<String> open = new ArrayList<>();
      visit(document.tree(), "", open);
      assertThat(open).isEmpty();
    }
  }

  private static void visit(@Nullable Object node, String path, List<String> open) {
    if (node instanceof Map<?, ?> map) {
      if (map.get("properties") instanceof Map<?, ?> properties) {
        properties.forEach(
            (name, schema) -> {
              if (!(schema instanceof Map<?, ?> typed
                  && (typed.containsKey("type")
                      || typed.containsKey("x-kubernetes-int-or-string")))) {
                open.add(path + "." + name);
              }
            });
      }
      map.forEach((key, value) -> visit(value, path + "." + key, open));
    } else if (node instanceof List<?> list) {
      list.forEach(each -> visit(each, path + "[]", open));
    }
  }

  private static List<String> names(String yaml) throws Exception {
    List<String> names = new ArrayList<>();
    for (Document document : documents(yaml)) {
      names.add(Fields.of(document.tree(), "").requiredObject("metadata").requiredString("name"));
    }
    return names;
  }

  private static List<Document> documents(String yaml) throws Exception {
    return Documents.read(
        yaml.getBytes(StandardCharsets.UTF_8), "crds", ReadLimits.DEFAULT, DuplicateKeys.REJECTED);
  }
}
