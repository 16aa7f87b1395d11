package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Generators, from their manifests to the Secret of who refers to them. */
final class GeneratorsTest {

  private final Stage stage;

  GeneratorsTest(@TempDir Path folder) {
    stage = new Stage(folder);
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private Stage generator(String kind, String spec) {
    return stage.manifest(
        "g",
        "{apiVersion: generators.external-secrets.io/v1alpha1, kind: "
            + kind
            + ", metadata: {name: g}, spec: "
            + spec
            + "}");
  }

  private String made(String kind) throws Exception {
    return made(kind, "1h");
  }

  private String made(String kind, String interval) throws Exception {
    stage.externalSecret(
        "refreshInterval: "
            + interval
            + ", dataFrom: [{sourceRef: {generatorRef: {apiVersion:"
            + " generators.external-secrets.io/v1alpha1, kind: "
            + kind
            + ", name: g}}}]");
    stage.run();
    return stage.world().values("ns", "es");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                        | \\{password=.{24}}
          {length: 48, digits: 10, symbols: 0}      | \\{password=[a-zA-Z0-9]{48}}
          {length: 8, digits: 8, symbols: 0}        | \\{password=[0-9]{8}}
          {length: 6, digits: 0, symbols: 6, symbolCharacters: '-_', allowRepeat: true} | \\{password=[-_]{6}}
          {length: 20, digits: 0, symbols: 0, noUpper: true} | \\{password=[a-z]{20}}
          {length: 100, digits: 50, symbols: 0, allowRepeat: true} | \\{password=[a-zA-Z0-9]{100}}
          {length: 4, secretKeys: [a, b], digits: 4, symbols: 0} | \\{a=[0-9]{4}, b=[0-9]{4}}
          {length: 6, encoding: hex}                | \\{password=[0-9a-f]{12}}
          {length: 6, encoding: base64}             | \\{password=[a-zA-Z0-9+/]{8}}
          {length: 5, encoding: base32}             | \\{password=[A-Z2-7]{8}}
          {length: 6, encoding: base32}             | \\{password=[A-Z2-7]{10}======}
          {length: 0}                               | \\{password=.{24}}
          """)
  void aPasswordIsAsAskedFor(String spec, String values) throws Exception {
    generator("Password", spec);
    assertThat(made("Password")).matches(values);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Password | {length: 8, digits: 9}          | number of digits and symbols must be less than total length
          Password | {length: 30, digits: 11}        | number of digits exceeds available digits and repeats are not allowed
          Password | {length: 80, digits: 0, symbols: 0} | number of letters exceeds available letters and repeats are not allowed
          Password | {secretKeys: [a, a]}            | secretKeys must be non-empty and unique
          Password | {secretKeys: ['']}              | secretKeys must be non-empty and unique
          Password | {encoding: rot13}               | spec.encoding must be one of
          Password | {length: many}                  | spec.length must be a whole number
          Password | {length: 100000}                | spec.length is more than
          Password | {other: 1}                      | this version does not understand spec.other
          SSHKey   | {keyType: dsa}                  | spec.keyType must be one of
          SSHKey   | {keySize: 100}                  | spec.keySize must be a number from 256 to 8192
          SSHKey   | {keySize: 512}                  | RSA keys of less than 1024 bits
          MFA      | {secret: {name: gone, key: k}}  | Secret ns/gone does not exist
          MFA      | {secret: {name: gone, key: k}, algorithm: sha512} | tokens are made with sha1
          MFA      | {}                              | spec.secret is required
          """)
  void aSpecThatCannotBeIsRefused(String kind, String spec, String message) throws Exception {
    generator(kind, spec);
    assertThat(made(kind)).isEqualTo("none");
    assertThat(stage.world().events()).hasSize(1).first().asString().contains(message);
  }

  @Test
  void uuidsAreRandomAndOfVersion4() throws Exception {
    generator("UUID", "{}");
    String first = made("UUID");
    assertThat(first)
        .matches("\\{uuid=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}}");
    assertThat(made("UUID")).as("within its interval").isEqualTo(first);
    assertThat(made("UUID", "2h")).as("of another specification").isNotEqualTo(first);
  }

  @Test
  void aFakeGivesWhatStandsInIt() throws Exception {
    generator("Fake", "{controller: '', data: {a: b, c: d}}");
    assertThat(made("Fake")).isEqualTo("{a=b, c=d}");
  }

  /** A generator of another controller is nobody's business here. */
  @Test
  void aGeneratorOfAnotherClassIsLeftAlone() throws Exception {
    generator("Fake", "{controller: other, data: {a: b}}");
    assertThat(made("Fake")).isEqualTo("none");
    assertThat(stage.world().events()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {keyType: ed25519, comment: me@here} | ssh-ed25519 .* me@here
          {keyType: ecdsa}                     | ecdsa-sha2-nistp256 .*
          {keyType: ecdsa, keySize: 384}       | ecdsa-sha2-nistp384 .*
          {keyType: ecdsa, keySize: 521}       | ecdsa-sha2-nistp521 .*
          {keyType: ecdsa, keySize: 500}       | ecdsa-sha2-nistp256 .*
          {keyType: rsa, keySize: 1024}        | ssh-rsa .*
          """)
  void anSshKeyHasBothHalves(String spec, String publicKey) throws Exception {
    generator("SSHKey", spec);
    String made = made("SSHKey");
    assertThat(made)
        .startsWith("{privateKey=-----BEGIN OPENSSH PRIVATE KEY-----\n")
        .contains("\n-----END OPENSSH PRIVATE KEY-----\n, publicKey=");
    assertThat(made.substring(made.indexOf("publicKey=") + 10)).matches(publicKey + "\n}");
  }

  /** RFC 6238, appendix B, with the seed of its SHA-1 vectors. */
  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:59Z, 94287082, 1",
    "2005-03-18T01:58:29Z, 07081804, 1",
    "2005-03-18T01:58:31Z, 14050471, 29",
    "2009-02-13T23:31:30Z, 89005924, 30",
    "2033-05-18T03:33:20Z, 69279037, 10",
    "2603-10-11T11:33:20Z, 65353130, 10"
  })
  void anMfaTokenIsTheOneOfTheRfc(String when, String token, String left) throws Exception {
    stage
        .world()
        .secret(
            "{metadata: {name: seed, namespace: ns}, stringData: {k: 'gezd gnbv gy3t qojq gezd gnbv"
                + " gy3t qojq'}}");
    generator("MFA", "{secret: {name: seed, key: k}, length: 8, when: '" + when + "'}");
    assertThat(made("MFA")).isEqualTo("{timeLeft=" + left + ", token=" + token + "}");
  }

  /** Its Secrets are those of who uses it: nobody reads another namespace through it. */
  @Test
  void aClusterGeneratorReadsTheNamespaceOfWhoUsesIt() throws Exception {
    stage.world().secret("{metadata: {name: seed, namespace: other}, stringData: {k: GEZDGNBV}}");
    stage.manifest(
        "g",
        """
        apiVersion: generators.external-secrets.io/v1alpha1
        kind: ClusterGenerator
        metadata: {name: g}
        spec: {kind: MFA, generator: {mfaSpec: {secret: {name: seed, key: k, namespace: other}}}}
        """);
    assertThat(made("ClusterGenerator")).isEqualTo("none");
    assertThat(stage.world().events())
        .hasSize(1)
        .first()
        .asString()
        .contains("Secret ns/seed does not exist");
    stage.world().secret("{metadata: {name: seed, namespace: ns}, stringData: {k: GEZDGNBV}}");
    assertThat(made("ClusterGenerator")).startsWith("{timeLeft=");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {kind: UUID, generator: {uuidSpec: {}}}                 | \\{uuid=.*
          {kind: Password, generator: {passwordSpec: {length: 4}}} | \\{password=.{4}}
          {kind: SSHKey, generator: {sshKeySpec: {keyType: ed25519}}} | (?s)\\{privateKey=.*
          {kind: Fake, generator: {fakeSpec: {data: {a: b}}}}     | \\{a=b}
          {kind: UUID, generator: {passwordSpec: {}}}             | none
          {kind: Grafana, generator: {grafanaSpec: {}}}           | none
          """)
  void aClusterGeneratorIsOneOfItsKind(String spec, String values) throws Exception {
    generator("ClusterGenerator", spec);
    assertThat(made("ClusterGenerator")).matches(values);
  }

  @Test
  void namesOfWhatIsMadeCanBeRewritten() throws Exception {
    generator("Fake", "{data: {a: b}}");
    stage.externalSecret(
        "dataFrom: [{sourceRef: {generatorRef: {kind: Fake, name: g}}, rewrite: [{regexp: {source:"
            + " a, target: z}}]}]");
    stage.run();
    assertThat(stage.world().values("ns", "es")).isEqualTo("{z=b}");
  }
}
