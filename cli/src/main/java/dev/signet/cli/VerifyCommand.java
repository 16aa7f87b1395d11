package dev.signet.cli;

import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.RsaPublicKey;
import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.dialects.sealedsecrets.Rule;
import dev.signet.dialects.sealedsecrets.Rule.Severity;
import dev.signet.dialects.sealedsecrets.SealedSecretCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Checks the SealedSecrets in folders without a cluster and without a private key, for CI:",
      "their shape, names, sizes, scopes and templates, and what can be told of their ciphertexts."
    },
    footer = {
      "",
      "Examples:",
      "  signet verify deploy",
      "  signet verify deploy --cert cluster.pem --forbid-scope cluster-wide",
      "  signet verify . --cert cluster.pem -o sarif -w findings.sarif",
      "  signet verify deploy --keys backup.yaml    really opens every item, in memory",
      "",
      "A certificate can prove that an item is not for its key, never that it is: about every second",
      "item of another key of the same length looks right. Only --keys opens the items.",
      "Exit codes: 0 no errors, 1 errors (with --strict also warnings), 2 not understood"
    })
final class VerifyCommand implements Command {

  enum Format {
    text,
    json,
    sarif,
    junit
  }

  @Mixin Options options = new Options();

  @Mixin ManifestFiles files = new ManifestFiles();

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description =
          "A certificate that items are sealed with; give all that are in use. Repeatable.")
  List<String> certificates = new ArrayList<>();

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      description = "A backup of the private keys: every item is opened in memory. Repeatable.")
  List<String> keys = new ArrayList<>();

  @Option(
      names = "--forbid-scope",
      paramLabel = "SCOPE,...",
      split = ",",
      hideParamSyntax = true,
      description = "Scopes that no object may have: cluster-wide, namespace-wide.")
  List<String> forbidden = new ArrayList<>();

  @Option(
      names = "--ignore",
      paramLabel = "RULE,...",
      split = ",",
      hideParamSyntax = true,
      description = "Rules that are not looked at, by their ids. Repeatable.")
  List<String> ignored = new ArrayList<>();

  @Option(
      names = "--expires-within",
      paramLabel = "DAYS",
      defaultValue = "30",
      description = "When to warn of a certificate's end; default ${DEFAULT-VALUE} days before.")
  int expiresWithin = 30;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      defaultValue = "default",
      description = "The namespace of objects that name none; default: ${DEFAULT-VALUE}.")
  String namespace = "default";

  @Option(names = "--strict", description = "Warnings end with exit code 1, too.")
  boolean strict;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "One of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  Format format = Format.text;

  @Option(
      names = {"-w", "--write"},
      paramLabel = "FILE",
      description = "Where the findings go, whole or not at all; default: standard output.")
  Optional<String> write = Optional.empty();

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    Set<Scope> scopes = scopes();
    Set<Rule> rules = ignored();
    List<Located> findings = new ArrayList<>();
    List<RsaPublicKey> publicKeys = new ArrayList<>();
    for (String place : certificates) {
      SealingCertificate certificate = ResealCommand.certificate(surroundings, place);
      publicKeys.add(certificate.publicKey());
      expiry(certificate, place, surroundings.clock().instant()).ifPresent(findings::add);
    }
    Verified verified;
    try (KeyBackup backup = KeyBackup.read(surroundings, keys)) {
      Optional<KeyRing> ring = keys.isEmpty() ? Optional.empty() : Optional.of(backup.ring());
      SealedSecretCheck check = new SealedSecretCheck(scopes, publicKeys, ring);
      Verified.Proof proof =
          ring.isPresent()
              ? Verified.Proof.opened
              : publicKeys.isEmpty() ? Verified.Proof.none : Verified.Proof.possible;
      verified =
          new Verifying(surroundings, check, namespace, rules)
              .verify(files.find(surroundings, /* recursive= */ true), findings, proof);
    }
    String text =
        switch (format) {
          case text -> VerifyText.text(verified);
          case json -> VerifyText.json(verified);
          case sarif -> Sarif.write(verified);
          case junit -> Junit.write(verified);
        };
    InputOutput.write(
        surroundings, write, text.getBytes(StandardCharsets.UTF_8), AtomicFile.Readers.AS_USUAL);
    long errors = verified.count(Severity.ERROR);
    long warnings = verified.count(Severity.WARNING);
    if (errors > 0 || (strict && warnings > 0)) {
      String also = strict && warnings > 0 ? " and " + Count.of(warnings, "warning") : "";
      throw CommandFailure.of("found " + Count.of(errors, "error") + also);
    }
    return ExitCode.OK;
  }

  private Set<Scope> scopes() throws CommandFailure {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String text : forbidden) {
      Optional<Scope> scope = text.isEmpty() ? Optional.empty() : Scope.parse(text);
      scopes.add(
          scope.orElseThrow(
              () ->
                  CommandFailure.usage(
                      "unknown scope " + text, "use cluster-wide, namespace-wide or both")));
    }
    return scopes;
  }

  private Set<Rule> ignored() throws CommandFailure {
    Set<Rule> rules = EnumSet.noneOf(Rule.class);
    Set<String> ids = new TreeSet<>();
    for (Rule rule : Rule.values()) {
      ids.add(rule.id());
    }
    for (String id : ignored) {
      rules.add(
          Rule.find(id)
              .orElseThrow(
                  () ->
                      CommandFailure.usage(
                          "unknown rule " + id,
                          Nearest.to(id, ids)
                              .map(near -> "did you mean " + near + "?")
                              .orElse("the rules are in docs/verify-reseal.md"))));
    }
    return rules;
  }

  private Optional<Located> expiry(SealingCertificate certificate, String place, Instant now) {
    Instant end = certificate.notAfter();
    if (certificate.expiredAt(now)) {
      return Optional.of(
          new Located(
              Rule.CERTIFICATE_EXPIRED,
              place,
              Located.at(1, 1),
              "",
              "",
              "the certificate was valid until " + end));
    }
    if (certificate.expiredAt(now.plus(Duration.ofDays(expiresWithin)))) {
      return Optional.of(
          new Located(
              Rule.CERTIFICATE_EXPIRES,
              place,
              Located.at(1, 1),
              "",
              "",
              "the certificate is valid until " + end));
    }
    return Optional.empty();
  }
}
