package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.testkit.cluster.Moto;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Parameter Store. */
final class ParametersPlace extends AwsPlace {

  ParametersPlace(Moto moto) throws IOException {
    super(moto, "ParameterStore");
  }

  @Override
  public Set<Feature> features() {
    return EnumSet.complementOf(EnumSet.of(Feature.EMPTY, Feature.BINARY, Feature.PUSH_PROPERTY));
  }

  @Override
  public String put(String name, byte[] value) throws IOException {
    return Long.toString(
        call(
                "AmazonSSM.PutParameter",
                Map.of(
                    "Name",
                    name,
                    "Value",
                    new String(value, UTF_8),
                    "Type",
                    "SecureString",
                    "Overwrite",
                    true))
            .integer("Version"));
  }

  @Override
  public void tag(String name, Map<String, String> tags) throws IOException {
    var _ =
        moto.call(
            "AmazonSSM.AddTagsToResource",
            json(Map.of("ResourceType", "Parameter", "ResourceId", name, "Tags", pairs(tags))));
  }

  @Override
  public Optional<byte[]> stored(String name) throws IOException {
    return ask("AmazonSSM.GetParameter", Map.of("Name", name, "WithDecryption", true))
        .map(row -> row.row("Parameter").text("Value").getBytes(UTF_8));
  }

  @Override
  public OptionalInt limit() {
    return OptionalInt.of(4096);
  }
}
