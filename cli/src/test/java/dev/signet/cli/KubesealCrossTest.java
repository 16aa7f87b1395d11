package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.GoJson;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random Secrets that one kubeseal seals and the other opens, both ways: {@value #FEW}, or as many
 * as the profile {@code volume} asks for.
 */
class KubesealCrossTest {

  private static final int FEW = 20;
  private static final String[] OPEN = {
    "--recovery-unseal", "--recovery-private-key", "key.pem", "-o", "json"
  };

  @TempDir Path folder;

  @Test
  void whatOneSealsTheOtherOpens() throws Exception {
    UpstreamKubeseal upstream = UpstreamKubeseal.needed(folder);
    KubesealHarness ours = KubesealHarness.in(folder);
    Path kubeconfig = folder.resolve("kubeconfig");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Map<String, @Nullable Object>> secrets = new ArrayList<>();
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < Integer.getInteger("kubeseal.cross", FEW); i++) {
      Map<String, @Nullable Object> secret = secret(i, random);
      secrets.add(secret);
      input.append(GoJson.write(secret, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN)).append('\n');
    }
    List<Document> theirs =
        documents(upstream.run(kubeconfig, input.toString(), "--cert", "cert.pem").out());
    List<Document> own = documents(ours.input(input.toString()).run("--cert", "cert.pem").out());
    assertThat(theirs).hasSameSizeAs(secrets);
    assertThat(own).hasSameSizeAs(secrets);
    for (int i = 0; i < secrets.size(); i++) {
      Map<String, @Nullable Object> data = map(secrets.get(i), "data");
      assertThat(data(ours.input(json(theirs.get(i))).run(OPEN).out()))
          .as("theirs, %d of seed %d", i, seed)
          .isEqualTo(data);
      assertThat(data(upstream.run(kubeconfig, json(own.get(i)), OPEN).out()))
          .as("ours, %d of seed %d", i, seed)
          .isEqualTo(data);
      assertThat(masked(own.get(i))).isEqualTo(masked(theirs.get(i)));
    }
  }

  private static Map<String, @Nullable Object> secret(int number, Random random) {
    Map<String, @Nullable Object> metadata = new TreeMap<>();
    metadata.put("name", "s" + number + "-" + Integer.toString(random.nextInt(1 << 20), 36));
    metadata.put("namespace", "ns-" + random.nextInt(10));
    String scope = List.of("cluster-wide", "namespace-wide", "strict").get(random.nextInt(3));
    metadata.put("annotations", Map.of("sealedsecrets.bitnami.com/" + scope, "true"));
    Map<String, @Nullable Object> data = new TreeMap<>();
    for (int i = 0; i <= random.nextInt(4); i++) {
      byte[] value = new byte[random.nextInt(5) == 0 ? 0 : random.nextInt(3000)];
      random.nextBytes(value);
      data.put("key." + i + "_-", Base64.getEncoder().encodeToString(value));
    }
    Map<String, @Nullable Object> secret = new TreeMap<>();
    secret.put("apiVersion", "v1");
    secret.put("kind", "Secret");
    secret.put("metadata", metadata);
    secret.put("data", data);
    return secret;
  }

  private static List<Document> documents(String text) throws Exception {
    return Documents.read(
        text.getBytes(StandardCharsets.UTF_8),
        "sealed",
        ReadLimits.DEFAULT,
        DuplicateKeys.REJECTED);
  }

  private static Map<String, @Nullable Object> data(String secret) throws Exception {
    List<Document> documents = documents(secret);
    assertThat(documents).as(secret).hasSize(1);
    Map<String, @Nullable Object> data = new TreeMap<>(map(documents.getFirst().tree(), "data"));
    data.replaceAll((_, value) -> value == null ? "" : value);
    return data;
  }

  @SuppressWarnings("unchecked") // readers make maps with string keys only
  private static Map<String, @Nullable Object> map(
      Map<String, @Nullable Object> tree, String field) {
    return (Map<String, @Nullable Object>) java.util.Objects.requireNonNull(tree.get(field));
  }

  private static String json(Document document) {
    return GoJson.write(document.tree(), GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN);
  }

  private static String masked(Document document) {
    return json(document).replaceAll("\"A[gQ][A-P][A-Za-z0-9+/]{300,}=*\"", "\"sealed\"");
  }
}
