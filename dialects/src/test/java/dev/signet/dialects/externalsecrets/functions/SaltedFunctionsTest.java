package dev.signet.dialects.externalsecrets.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.core.SecretBytes;
import dev.signet.template.Functions;
import dev.signet.template.Limits;
import dev.signet.template.Options;
import dev.signet.template.Template;
import dev.signet.template.TemplateException;
import dev.signet.template.Value;
import dev.signet.template.sprig.Sprig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same data give the same bytes, and another installation's are others. */
class SaltedFunctionsTest {
  private static final Functions OTHER = Rendering.functions("another installation's key");

  private static final Map<String, byte[]> DATA =
      Map.of(
          "cert", text("/templatefunctions/pkcs12.json", "certificates"),
          "key", text("/templatefunctions/pkcs12.json", "ed.key"),
          "word", "höchst geheim".getBytes(StandardCharsets.UTF_8));

  private static byte[] text(String resource, String name) {
    return String.valueOf(VectorCase.readOne(resource).text(name)).getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{pemToPkcs12 .cert .key}}",
        "{{pemToPkcs12Pass .cert .key .word}}",
        "{{fullPemToPkcs12 .cert .key}}",
        "{{fullPemToPkcs12Pass .cert .key .word}}",
        "{{pemTruststoreToPKCS12 .cert}}",
        "{{pemTruststoreToPKCS12Pass .cert .word}}",
        "{{bcrypt .word}}",
        "{{htpasswd \"user\" .word \"bcrypt\"}}",
        "{{encryptAES \"password\" .word}}",
      })
  void isTheSameEachTimeAndAnotherElsewhere(String template) throws TemplateException {
    String first = Rendering.text(Rendering.FUNCTIONS, template, DATA);

    assertThat(Rendering.text(Rendering.FUNCTIONS, template, DATA)).isEqualTo(first);
    assertThat(Rendering.text(Rendering.functions("an installation's key"), template, DATA))
        .isEqualTo(first);
    assertThat(Rendering.text(OTHER, template, DATA)).isNotEqualTo(first);
  }

  @Test
  void anotherPasswordOrAnotherCertificateGetsOtherSalts() throws Exception {
    Set<String> salts = new HashSet<>();
    for (String password : List.of("a", "b")) {
      for (String function : List.of("pemToPkcs12Pass", "fullPemToPkcs12Pass")) {
        String template = "{{" + function + " .cert .key \"" + password + "\"}}";
        String base64 = Rendering.text(Rendering.FUNCTIONS, template, DATA);
        byte[] file = Base64.getDecoder().decode(base64);
        // The salt of the MAC: 16 bytes before the number of rounds at the end.
        salts.add(new String(file, file.length - 20, 16, StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(salts).hasSize(4);
  }

  @Test
  void hashesAreGoodHashes() throws TemplateException {
    String line =
        Rendering.text(Rendering.FUNCTIONS, "{{htpasswd \"user\" .word \"bcrypt\"}}", DATA);
    assertThat(line).startsWith("user:$2a$10$");
    assertThat(OpenBSDBCrypt.checkPassword(line.substring(5), "höchst geheim".toCharArray()))
        .isTrue();
    assertThat(
            Rendering.text(
                Rendering.FUNCTIONS, "{{encryptAES \"p\" .word | decryptAES \"p\"}}", DATA))
        .isEqualTo(new String(DATA.get("word"), StandardCharsets.ISO_8859_1));
  }

  @Test
  void whatIsMeantToBeRandomStaysRandom() throws TemplateException {
    String template = "{{randAlphaNum 40}} {{uuidv4}} {{genPrivateKey \"ed25519\"}}";
    assertThat(Rendering.text(Rendering.FUNCTIONS, template, DATA))
        .isNotEqualTo(Rendering.text(Rendering.FUNCTIONS, template, DATA));
  }

  @Test
  void theKeyMayBeClosedOnceTheFunctionsAreMade() throws TemplateException {
    SecretBytes key = SecretBytes.wrap(new byte[] {1, 2, 3});
    Functions functions = ExternalSecretFunctions.functions(key);
    String before = Rendering.text(functions, "{{bcrypt .word}}", DATA);
    key.close();
    assertThat(Rendering.text(functions, "{{bcrypt .word}}", DATA)).isEqualTo(before);
  }

  @Test
  void theNamesAreThoseOfExternalSecrets() {
    Set<String> added = new TreeSet<>(Rendering.FUNCTIONS.names());
    added.removeAll(Sprig.functions().names());

    assertThat(Rendering.FUNCTIONS.names()).containsAll(Sprig.functions().names());
    assertThat(added)
        .containsExactlyInAnyOrder(
            "pkcs12key",
            "pkcs12keyPass",
            "pkcs12cert",
            "pkcs12certPass",
            "pemToPkcs12",
            "pemToPkcs12Pass",
            "fullPemToPkcs12",
            "fullPemToPkcs12Pass",
            "pemTruststoreToPKCS12",
            "pemTruststoreToPKCS12Pass",
            "filterPEM",
            "filterCertChain",
            "certSANs",
            "jwkPublicKeyPem",
            "jwkPrivateKeyPem",
            "toYaml",
            "fromYaml",
            "rsaDecrypt",
            "hexdec");
    assertThat(Rendering.FUNCTIONS.names())
        .hasSize(227)
        .doesNotContain("env", "expandenv", "getHostByName", "getSecretKey");
  }

  @Test
  void theReadmeListsWhatIsAdded() throws IOException {
    Set<String> added = new TreeSet<>(Rendering.FUNCTIONS.names());
    added.removeAll(Sprig.functions().names());
    String readme = Files.readString(Path.of("README.md"));
    assertThat(added).allSatisfy(name -> assertThat(readme).contains("`" + name + "` "));
  }

  private static Limits.Name limit(String template, byte[] data) throws TemplateException {
    Template parsed = Template.parse("t", template, Rendering.FUNCTIONS, Options.DEFAULT);
    TemplateException exceeded =
        catchThrowableOfType(
            TemplateException.class,
            () ->
                parsed.execute(
                    Value.stringMap(Map.of("x", data)), Rendering.LIMITS, Rendering.sources(1)));
    return exceeded.limit().orElseThrow();
  }

  @Test
  void aFileThatWantsTooManyRoundsIsRefusedBeforeTheWork() throws Exception {
    String base64 = Rendering.text(Rendering.FUNCTIONS, "{{pemToPkcs12 .cert .key}}", DATA);
    byte[] file = Base64.getDecoder().decode(base64);
    // The number of rounds of the MAC is the last integer of the file: 2048 becomes 32,512.
    int rounds = file.length - 2;
    file[rounds] = 0x7F;
    assertThatThrownBy(
            () -> Rendering.text(Rendering.FUNCTIONS, "{{pkcs12key .x}}", Map.of("x", file)))
        .hasMessageEndingWith("pkcs12: decryption password incorrect");
    Template template =
        Template.parse("t", "{{pkcs12key .x}}", Rendering.FUNCTIONS, Options.DEFAULT);
    Limits few = new Limits(30_000, Limits.DEFAULT.time(), 1 << 20, 1 << 20, 100);
    assertThatThrownBy(
            () -> template.execute(Value.stringMap(Map.of("x", file)), few, Rendering.sources(1)))
        .isInstanceOfSatisfying(
            TemplateException.class, e -> assertThat(e.limit()).contains(Limits.Name.STEPS));
  }

  @Test
  void hugeInputsEndInALimit() throws TemplateException {
    String certificate = new String(DATA.get("cert"), StandardCharsets.ISO_8859_1);
    byte[] chain = certificate.repeat(2000).getBytes(StandardCharsets.ISO_8859_1);
    byte[] blanks = new byte[30 << 20];
    assertThat(limit("{{filterCertChain \"leaf\" .x}}", chain)).isNotNull();
    assertThat(limit("{{filterPEM \"X\" .x}}", blanks)).isEqualTo(Limits.Name.MEMORY);
    assertThat(limit("{{pkcs12key .x}}", blanks)).isEqualTo(Limits.Name.MEMORY);
    assertThat(limit("{{fromYaml .x}}", blanks)).isEqualTo(Limits.Name.STEPS);
    assertThat(limit("{{range until 100}}{{$y := toYaml (list $.x)}}{{end}}", new byte[1 << 20]))
        .isEqualTo(Limits.Name.MEMORY);
  }
}
