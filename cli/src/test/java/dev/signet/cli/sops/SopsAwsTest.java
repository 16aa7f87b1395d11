package dev.signet.cli.sops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.cluster.Moto;
import dev.signet.testkit.cluster.OnMoto;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of KMS and buckets of S3, which moto stands in for, beside upstream's program. */
@OnMoto
class SopsAwsTest {

  private static final String SCOPE =
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-central-1/%s/aws4_request,"
          + " SignedHeaders=host, Signature=0";

  @TempDir Path folder;

  private SopsHarness sops;
  private String url = "";
  private String arn = "";

  @BeforeEach
  void aKey(Moto moto) throws Exception {
    url = moto.url();
    sops = new SopsHarness(folder);
    sops.variable("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .variable("AWS_SECRET_ACCESS_KEY", "canary-secret")
        .variable("AWS_REGION", "eu-central-1")
        .variable("AWS_EC2_METADATA_DISABLED", "true")
        .variable("AWS_ENDPOINT_URL", url);
    sops.file("f.yaml", "a: b\n");
    arn = newKey();
  }

  private String newKey() throws Exception {
    String answer =
        ask(
            HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/x-amz-json-1.1")
                .header("X-Amz-Target", "TrentService.CreateKey")
                .header("Authorization", SCOPE.formatted("kms"))
                .POST(BodyPublishers.ofString("{}")));
    int start = answer.indexOf("arn:aws:kms");
    return answer.substring(start, answer.indexOf('"', start));
  }

  private static String ask(HttpRequest.Builder request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
      String body = new String(answer.body(), UTF_8);
      if (answer.statusCode() != 200) {
        throw new IOException(answer.statusCode() + ": " + body);
      }
      return body;
    }
  }

  private static SopsHarness.Result ok(SopsHarness.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
    return result;
  }

  private void bothOpen(String file) throws Exception {
    assertThat(ok(sops.run("decrypt", file)).out()).isEqualTo("a: b\n");
    assertThat(ok(sops.upstream("decrypt", file)).out()).isEqualTo("a: b\n");
  }

  @Test
  void eachProgramOpensWhatTheOtherEncrypted() throws Exception {
    sops.file("g.yaml", "a: b\n");
    ok(sops.run("encrypt", "--kms", arn, "--encryption-context", "app:x,stage:y", "-i", "f.yaml"));
    assertThat(sops.read("f.yaml"))
        .contains("arn: " + arn, "aws_profile: \"\"", "app: x", "stage: \"y\"");
    bothOpen("f.yaml");
    sops.variable("SOPS_KMS_ARN", arn);
    ok(sops.upstream("encrypt", "--encryption-context", "app:x", "-i", "g.yaml"));
    bothOpen("g.yaml");
    sops.file("h.yaml", "a: b\n");
    ok(sops.run("encrypt", "-i", "h.yaml"));
    bothOpen("h.yaml");
  }

  @Test
  void rolesAndProfilesAreTaken() throws Exception {
    Files.createDirectories(folder.resolve("home/.aws"));
    Files.writeString(
        folder.resolve("home/.aws/credentials"),
        """
        [team]
        aws_access_key_id = AKIAIOSFODNN7EXAMPLE
        aws_secret_access_key = x
        """);
    sops.variable("AWS_ACCESS_KEY_ID", "").variable("AWS_SECRET_ACCESS_KEY", "");
    String role = "arn:aws:iam::123456789012:role/deploy";
    ok(sops.run("encrypt", "--kms", arn + "+" + role, "--aws-profile", "team", "-i", "f.yaml"));
    assertThat(sops.read("f.yaml")).contains("role: " + role, "aws_profile: team");
    bothOpen("f.yaml");

    sops.file("g.yaml", "a: b\n");
    SopsHarness.Result nobody = sops.run("encrypt", "--kms", arn, "g.yaml");
    assertThat(nobody.exit()).isNotZero();
    assertThat(nobody.err()).contains("failed to encrypt sops data key with AWS KMS");
  }

  @Test
  void keysOfTheConfigurationAreAddedAndTakenAway() throws Exception {
    String other = newKey();
    sops.file(
        ".sops.yaml",
        """
        creation_rules:
          - key_groups:
              - kms: [{arn: %s, context: {app: x}}, {arn: %s}]
        """
            .formatted(arn, other));
    ok(sops.run("encrypt", "-i", "f.yaml"));
    bothOpen("f.yaml");
    ok(sops.run("rotate", "-i", "--rm-kms", arn, "--encryption-context", "app:x", "f.yaml"));
    assertThat(sops.read("f.yaml")).contains(other).doesNotContain(arn);
    bothOpen("f.yaml");
    assertThat(ok(sops.run("updatekeys", "-y", "f.yaml")).out())
        .contains("+++ " + arn + "|app:x\n")
        .contains("    " + other + "\n");
    bothOpen("f.yaml");
    assertThat(sops.run("rotate", "--add-kms", arn, "--encryption-context", "app", "f.yaml").exit())
        .isEqualTo(6);
  }

  @Test
  void whatAnotherKeyEncryptedStaysClosedAndNothingSecretIsSaid() throws Exception {
    ok(sops.run("encrypt", "--kms", arn, "--encryption-context", "app:x", "-i", "f.yaml"));
    sops.file("f.yaml", sops.read("f.yaml").replace("app: x", "app: z"));
    SopsHarness.Result closed = sops.run("decrypt", "f.yaml");
    assertThat(closed.exit()).isEqualTo(128);
    assertThat(closed.err())
        .contains("failed to decrypt sops data key with AWS KMS")
        .doesNotContain("canary");
  }

  @Test
  void filesOfOldReleasesMeanOneValueForAllNames() throws Exception {
    ok(sops.run("encrypt", "--kms", arn, "--encryption-context", "app:x,stage:x", "-i", "f.yaml"));
    String old = sops.read("f.yaml").replace("stage: x", "stage: z");
    sops.file("f.yaml", old);
    assertThat(sops.run("decrypt", "f.yaml").exit()).isEqualTo(128);
    sops.file("f.yaml", old.replace("version: 3.13.3", "version: 3.2.0"));
    assertThat(ok(sops.run("decrypt", "f.yaml")).out()).isEqualTo("a: b\n");
    assertThat(ok(sops.upstream("decrypt", "f.yaml")).out()).endsWith("a: b\n");

    ok(sops.run("set", "f.yaml", "[\"a\"]", "\"c\""));
    assertThat(sops.read("f.yaml")).contains("version: 3.13.3", "stage: z");
    assertThat(ok(sops.upstream("decrypt", "f.yaml")).out()).isEqualTo("a: c\n");
  }

  @Test
  void filesArePublishedInABucketForOtherKeys() throws Exception {
    String bucket = "bucket-" + Long.toHexString(System.nanoTime());
    ask(
        HttpRequest.newBuilder(URI.create(url + "/" + bucket))
            .header("Authorization", SCOPE.formatted("s3"))
            .PUT(
                BodyPublishers.ofString(
                    "<CreateBucketConfiguration><LocationConstraint>eu-central-1"
                        + "</LocationConstraint></CreateBucketConfiguration>")));
    ok(sops.run("encrypt", "--kms", arn, "-i", "f.yaml"));
    String other = newKey();
    sops.file(
        ".sops.yaml",
        """
        destination_rules:
          - path_regex: f.yaml
            s3_bucket: %1$s
            s3_prefix: some/
            recreation_rule: {kms: %2$s}
          - s3_bucket: %1$s
        """
            .formatted(bucket, other));
    SopsHarness.Result published = ok(sops.run("publish", "-y", "f.yaml"));
    assertThat(published.out()).contains("+++ " + other, "--- " + arn);
    sops.file("published.yaml", object(bucket, "some/f.yaml"));
    assertThat(sops.read("published.yaml")).contains(other).doesNotContain(arn);
    bothOpen("published.yaml");

    sops.file("as-it-is.yaml", sops.read("f.yaml"));
    ok(sops.run("publish", "-y", "--omit-extensions", "as-it-is.yaml"));
    assertThat(object(bucket, "as-it-is")).isEqualTo(sops.read("f.yaml"));
    sops.file("plain.yaml", "a: b\n");
    assertThat(sops.run("publish", "-y", "plain.yaml").exit()).isNotZero();
  }

  private String object(String bucket, String name) throws Exception {
    return ask(
        HttpRequest.newBuilder(URI.create(url + "/" + bucket + "/" + name))
            .header("Authorization", SCOPE.formatted("s3")));
  }
}
