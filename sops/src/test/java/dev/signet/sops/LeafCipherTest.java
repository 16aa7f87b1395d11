package dev.signet.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import dev.signet.sops.Value.Bool;
import dev.signet.sops.Value.Comment;
import dev.signet.sops.Value.Int;
import dev.signet.sops.Value.Raw;
import dev.signet.sops.Value.Real;
import dev.signet.sops.Value.Text;
import dev.signet.sops.Value.Time;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeafCipherTest {

  /** Of upstream's own test. */
  private static final String FOO =
      "ENC[AES256_GCM,data:oYyi,iv:MyIDYbT718JRr11QtBkcj3Dwm4k1aCGZBVeZf0EyV8o=,"
          + "tag:t5z2Z023Up0kxwCgw1gNxg==,type:str]";

  private final SecretBytes key = SecretBytes.wrap("f".repeat(32).getBytes(StandardCharsets.UTF_8));
  private final LeafCipher cipher = new LeafCipher(new SecureRandom());

  @Test
  void opensWhatUpstreamEncryptedWhereItStands() throws SopsException {
    assertThat(cipher.decrypt(FOO, key, "bar:")).isEqualTo(new Text("foo"));
    assertThatThrownBy(() -> cipher.decrypt(FOO, key, "baz:"))
        .hasMessage("Could not decrypt with AES_GCM: cipher: message authentication failed");
  }

  @Test
  void whatWasDecryptedIsEncryptedToTheSameText() throws SopsException {
    Value value = cipher.decrypt(FOO, key, "bar:");
    assertThat(cipher.encrypt(value, key, "bar:")).isEqualTo(FOO);
    assertThat(cipher.encrypt(value, key, "baz:")).isNotEqualTo(FOO);
    assertThat(cipher.encrypt(new Text("other"), key, "bar:")).isNotEqualTo(FOO);
  }

  @Test
  void aValueThatStandsTwiceInAListIsEncryptedToTheSameTextTwice() throws SopsException {
    Value value = cipher.decrypt(FOO, key, "bar:");
    assertThat(cipher.encrypt(value, key, "bar:")).isEqualTo(FOO);
    assertThat(cipher.encrypt(value, key, "bar:")).isEqualTo(FOO);
    assertThat(cipher.decrypt(FOO, key, "bar:")).isEqualTo(value);
  }

  @Test
  void acceptsWhatStandsBehindTheBracket() throws SopsException {
    assertThat(cipher.decrypt(FOO + " and more", key, "bar:")).isEqualTo(new Text("foo"));
  }

  @Test
  void everyTypeComesBack() throws SopsException {
    List<Value> values =
        List.of(
            new Text("täxt\n"),
            new Raw(new byte[] {(byte) 0xFF, 0}),
            new Int(Long.MIN_VALUE),
            new Real(1e-7),
            new Real(Double.NEGATIVE_INFINITY),
            new Real(Double.NaN),
            new Real(-0.0),
            new Bool(true),
            new Time(OffsetDateTime.parse("2024-01-01T00:00:00.12+07:06")),
            new Comment(" comment", false));
    for (Value value : values) {
      assertThat(cipher.decrypt(cipher.encrypt(value, key, "a:b:"), key, "a:b:")).isEqualTo(value);
    }
  }

  @Test
  void anEmptyTextStaysEmpty() throws SopsException {
    assertThat(cipher.encrypt(new Text(""), key, "a:")).isEmpty();
    assertThat(cipher.decrypt("", key, "a:")).isEqualTo(new Text(""));
  }

  @ParameterizedTest
  @CsvSource({"1.0, 1", "1e6, 1000000", "1e-7, 0.0000001", "-0.0, -0", "0.1, 0.1"})
  void floatsHaveNoExponent(double number, String text) {
    assertThat(Leaf.bytes(new Real(number))).asString(StandardCharsets.US_ASCII).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "ENC[AES256_GCM,data:,iv:a,tag:a,type:str]",
        "ENC[AES256_GCM,data:a,iv:,tag:a,type:str]",
        "ENC[AES256_GCM,data:a,iv:a,tag:a,type:]",
        "ENC[AES256_GCM,data:a\n,iv:a,tag:a,type:str]",
        "ENC[AES256_GCM,]",
        "ENC[AES256_GCM,data:type:]",
        " ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]",
        "ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]",
        "ENC[AES256_GCM,data:%%%%,iv:YQ==,tag:YQ==,type:str]"
      })
  void refusesWhatIsNoCiphertextWithoutQuotingIt(String text) {
    assertThatThrownBy(() -> cipher.decrypt(text, key, "a:"))
        .isInstanceOf(SopsException.class)
        .hasMessageNotContaining(text);
  }
}
