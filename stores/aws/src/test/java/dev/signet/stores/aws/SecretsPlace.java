package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Moto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Secrets Manager. */
final class SecretsPlace extends AwsPlace {

  SecretsPlace(Moto moto) throws IOException {
    super(moto, "SecretsManager");
  }

  @Override
  public Set<Feature> features() {
    return EnumSet.complementOf(EnumSet.of(Feature.EMPTY));
  }

  @Override
  public String put(String name, byte[] value) throws IOException {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("ClientRequestToken", UUID.randomUUID().toString());
    try {
      body.put("SecretString", UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
    } catch (CharacterCodingException e) {
      body.put("SecretBinary", Base64.getEncoder().encodeToString(value));
    }
    body.put("Name", name);
    Optional<Jsonl.Row> created = ask("secretsmanager.CreateSecret", body);
    if (created.isPresent()) {
      return "uuid/" + created.get().text("VersionId");
    }
    body.remove("Name");
    body.put("SecretId", name);
    return "uuid/" + call("secretsmanager.PutSecretValue", body).text("VersionId");
  }

  @Override
  public void tag(String name, Map<String, String> tags) throws IOException {
    var _ =
        moto.call(
            "secretsmanager.TagResource", json(Map.of("SecretId", name, "Tags", pairs(tags))));
  }

  @Override
  public Optional<byte[]> stored(String name) throws IOException {
    Optional<Jsonl.Row> found = ask("secretsmanager.GetSecretValue", Map.of("SecretId", name));
    return found.map(
        row ->
            row.has("SecretString")
                ? row.text("SecretString").getBytes(UTF_8)
                : Base64.getDecoder().decode(row.text("SecretBinary")));
  }

  @Override
  public OptionalInt limit() {
    return OptionalInt.of(65_536);
  }
}
