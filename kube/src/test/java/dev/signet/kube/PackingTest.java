package dev.signet.kube;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class PackingTest {

  @Property(tries = 200)
  void whatIsUnpackedIsWhatWasPacked(@ForAll @Size(max = 20) List<byte[]> texts) {
    assertUnpacks(texts);
  }

  @Test
  void textsOfAllSizesThatNothingShrinksAreUnpacked() {
    Random random = new Random(1);
    List<byte[]> texts = new ArrayList<>();
    for (int size = 0; size < 2_000_000; size = size * 3 + 1) {
      byte[] text = new byte[size];
      random.nextBytes(text);
      texts.add(text);
    }
    assertUnpacks(texts);
  }

  private static void assertUnpacks(List<byte[]> texts) {
    Packing packing = new Packing();
    List<byte[]> packed = texts.stream().map(packing::pack).toList();
    for (int i = 0; i < texts.size(); i++) {
      assertThat(packing.unpack(packed.get(i))).isEqualTo(texts.get(i));
    }
  }

  @Test
  void objectsThatAreAlikeTakeAFifth() {
    Packing packing = new Packing();
    int first = packing.pack(object(0)).length;
    int next = packing.pack(object(1)).length;
    assertThat(first).isLessThan(object(0).length / 10);
    assertThat(next).isLessThan(object(1).length / 5);
  }

  private static byte[] object(int number) {
    return """
    {"apiVersion":"external-secrets.io/v1","kind":"ExternalSecret","metadata":{"name":"app-%1$d",
    "namespace":"team","resourceVersion":"%2$d","uid":"7f1c53c6-25a9-4b0c-9f3e-%2$012d","generation":1},
    "spec":{"refreshInterval":"24h","secretStoreRef":{"kind":"ClusterSecretStore","name":"store"},
    "data":[{"secretKey":"user","remoteRef":{"key":"database","property":"user","version":"%1$d"}},
    {"secretKey":"password","remoteRef":{"key":"database","property":"password"}}]}}
    """
        .formatted(number, 1_000 + number * 17)
        .getBytes(UTF_8);
  }
}
