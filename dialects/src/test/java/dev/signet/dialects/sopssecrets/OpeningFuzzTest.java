package dev.signet.dialects.sopssecrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.core.age.X25519Identity;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.sops.OpenKeys;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import org.junit.jupiter.api.Test;

/** Objects that anybody may write: they are opened, or refused with a reason, and never more. */
class OpeningFuzzTest {

  private static final X25519Identity IDENTITY = Encrypting.identity();

  private static final String PLAIN =
      """
      apiVersion: isindir.github.com/v1alpha3
      kind: SopsSecret
      metadata:
          name: app
          namespace: production
      spec:
          secretTemplates:
              - name: db
                labels: {a: b}
                type: Opaque
                stringData: {user: me, password: hunter2}
                data: {raw: AAEC}
      """;

  private static final String ENCRYPTED = Encrypting.encrypted(PLAIN, IDENTITY);

  /** How many Secrets it describes; -1 where it is refused. */
  private static int opened(byte[] text) {
    int templates = 0;
    try (OpenKeys keys = Encrypting.keys(IDENTITY)) {
      Opening opening = new Opening(Encrypting.RANDOM);
      for (Document document :
          Documents.read(text, "fuzz", ReadLimits.DEFAULT, DuplicateKeys.REJECTED)) {
        KubeObject object = KubeObject.of(document.tree(), "production");
        var _ = SopsSecret.of(object);
        try (Opening.Opened opened = opening.open(object, keys, SopsSecretRules.Mac.COMPARED)) {
          templates += opened.templates().size();
        }
      }
      return templates;
    } catch (MalformedDocumentException | MalformedObjectException | ClosedException e) {
      assertThat(String.valueOf(e.getMessage())).isNotEmpty().doesNotContain("hunter2");
      return -1;
    }
  }

  @Test
  void whatIsNotChangedIsOpened() {
    assertThat(opened(ENCRYPTED.getBytes(UTF_8))).isOne();
  }

  /**
   * Bytes are put into a good one, over what stands there: two of place, one of length, the rest.
   */
  @FuzzTest(maxDuration = "10s")
  void changedOnesAreRefusedWithAReason(byte[] change) {
    byte[] text = ENCRYPTED.getBytes(UTF_8);
    if (change.length < 4) {
      return;
    }
    int at = ((change[0] & 0xff) << 8 | (change[1] & 0xff)) % text.length;
    int gone = Math.min(change[2] & 0xff, text.length - at);
    byte[] changed = new byte[text.length - gone + change.length - 3];
    System.arraycopy(text, 0, changed, 0, at);
    System.arraycopy(change, 3, changed, at, change.length - 3);
    System.arraycopy(text, at + gone, changed, at + change.length - 3, text.length - at - gone);
    assertThat(opened(changed)).isGreaterThanOrEqualTo(-1);
  }

  @FuzzTest(maxDuration = "5s")
  void whateverItIsItIsRefusedWithAReason(byte[] text) {
    assertThat(opened(text)).isGreaterThanOrEqualTo(-1);
  }
}
