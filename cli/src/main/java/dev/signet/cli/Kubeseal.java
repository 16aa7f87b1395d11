package dev.signet.cli;

import dev.signet.cli.KubesealArguments.MisuseException;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.dialects.sealedsecrets.Sealing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The program {@code kubeseal}: the flags, texts, streams and exit codes of upstream's 0.40.0, held
 * to a table of what that one answers. docs/kubeseal.md lists what is different on purpose.
 *
 * <p>Of several modes asked for, one is chosen in upstream's order: version, help, recovery,
 * validating, sealing again, fetching the certificate, merging, a raw value, sealing. It runs once
 * a Secret in many a pipeline, so with a certificate at hand nothing may be loaded that takes long
 * to start: clients for clusters, picocli, Jackson, BouncyCastle, regular expressions.
 */
final class Kubeseal {

  private static final String NAME = "kubeseal";

  private final KubesealArguments arguments;
  private final Surroundings surroundings;
  private Optional<String> place = Optional.empty();
  private boolean placed;

  private Kubeseal(KubesealArguments arguments, Surroundings surroundings) {
    this.arguments = arguments;
    this.surroundings = surroundings;
  }

  static int run(String[] args, Surroundings surroundings) {
    PrintStream out = surroundings.out();
    PrintStream err = surroundings.err();
    int code;
    try {
      KubesealArguments arguments = KubesealArguments.parse(args, surroundings.environment());
      out.print(arguments.notes());
      code = new Kubeseal(arguments, surroundings).run();
    } catch (MisuseException e) {
      err.print("Usage of " + NAME + ":\n");
      out.print(KubesealFlag.help());
      out.print(e.getMessage() + "\n");
      code = ExitCode.USAGE;
    } catch (CommandFailure e) {
      err.print("error: " + e.getMessage() + "\n");
      code = e.exitCode();
    }
    // checkError flushes, too. A result that did not arrive is not a success.
    if (out.checkError() && code == ExitCode.OK) {
      err.print("error: cannot write to standard output: is the disk full, or the reader gone?\n");
      code = ExitCode.FAILED;
    }
    err.flush();
    return code;
  }

  private int run() throws CommandFailure {
    if (arguments.helpByLetter()) {
      surroundings.err().print("Usage of " + NAME + ":\n");
      surroundings.out().print(KubesealFlag.help());
      return ExitCode.OK;
    }
    if (arguments.is(KubesealFlag.VERSION)) {
      surroundings.out().print("kubeseal version: " + Version.text() + "\n");
      return ExitCode.OK;
    }
    if (arguments.is(KubesealFlag.HELP)) {
      surroundings.out().print("Usage of " + NAME + ":\n" + KubesealFlag.help());
      return ExitCode.OK;
    }
    boolean raw = arguments.is(KubesealFlag.RAW);
    if (!arguments.list(KubesealFlag.FROM_FILE).isEmpty() && !raw) {
      throw CommandFailure.of("--from-file requires --raw");
    }
    String write = output();
    try (InputStream input = open()) {
      if (write.isEmpty()) {
        act(input, format(""), surroundings.out());
      } else {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        act(input, format(write), result);
        InputOutput.write(surroundings, Optional.of(file(write)), result.toByteArray(), readers());
      }
    } catch (IOException e) {
      throw CommandFailure.of(InputOutput.reason(e));
    }
    return ExitCode.OK;
  }

  /**
   * Where the result goes: sealing again replaces its input; validating and merging have no result.
   */
  private String output() {
    String write = arguments.text(KubesealFlag.SEALED_SECRET_FILE);
    if (arguments.is(KubesealFlag.RECOVERY_UNSEAL)) {
      return write;
    }
    if (arguments.is(KubesealFlag.VALIDATE)) {
      return "";
    }
    if (reEncrypts()) {
      return write.isEmpty() ? arguments.text(KubesealFlag.SECRET_FILE) : write;
    }
    boolean merges =
        !arguments.text(KubesealFlag.MERGE_INTO).isEmpty()
            && !arguments.is(KubesealFlag.FETCH_CERT);
    return merges ? "" : write;
  }

  private boolean reEncrypts() {
    return arguments.is(KubesealFlag.RE_ENCRYPT) || arguments.is(KubesealFlag.ROTATE);
  }

  /** A dash is a file's name here, as any other. */
  static String file(String name) {
    return name.equals("-") ? "./-" : name;
  }

  private AtomicFile.Readers readers() {
    return arguments.is(KubesealFlag.RECOVERY_UNSEAL)
        ? AtomicFile.Readers.OWNER
        : AtomicFile.Readers.AS_USUAL;
  }

  private InputStream open() throws CommandFailure {
    String file = arguments.text(KubesealFlag.SECRET_FILE);
    if (!file.isEmpty()) {
      return KubesealFile.open(surroundings.path(file))
          .orElseThrow(() -> CommandFailure.of("Could not read file specified with --secret-file"));
    }
    if (surroundings.inTerminal()
        && !arguments.is(KubesealFlag.RAW)
        && !arguments.is(KubesealFlag.FETCH_CERT)) {
      note("(tty detected: expecting json/yaml k8s resource in stdin)");
    }
    return surroundings.in();
  }

  private String sourceName() {
    String file = arguments.text(KubesealFlag.SECRET_FILE);
    return file.isEmpty() ? "standard input" : file;
  }

  private void note(String text) {
    surroundings.err().print(text + "\n");
    surroundings.err().flush();
  }

  /** A file's ending says its format; otherwise the flag does, whose wrong value is an error. */
  private Optional<ManifestFormat> format(String file) {
    return file.endsWith(".yaml") || file.endsWith(".yml")
        ? Optional.of(ManifestFormat.YAML)
        : ManifestFormat.parse(arguments.text(KubesealFlag.FORMAT));
  }

  private void act(InputStream input, Optional<ManifestFormat> format, OutputStream out)
      throws CommandFailure, IOException {
    if (arguments.is(KubesealFlag.RECOVERY_UNSEAL)) {
      List<String> keys = arguments.list(KubesealFlag.RECOVERY_PRIVATE_KEY);
      String secret =
          new KubesealRecovery(surroundings, keys).unseal(input, sourceName(), needed(format));
      out.write(secret.getBytes(StandardCharsets.UTF_8));
      return;
    }
    if (!arguments.list(KubesealFlag.RECOVERY_PRIVATE_KEY).isEmpty() && surroundings.terminal()) {
      note(
          "warning: ignoring --recovery-private-key because unseal command not chosen with"
              + " --recovery-unseal");
    }
    if (arguments.is(KubesealFlag.VALIDATE)) {
      try (KubesealController controller = KubesealController.find(surroundings, arguments)) {
        controller.validate(KubesealFile.manifests(input, sourceName()), sourceName());
      }
      return;
    }
    if (reEncrypts()) {
      try (KubesealController controller = KubesealController.find(surroundings, arguments)) {
        byte[] sealed = KubesealFile.manifests(input, sourceName());
        controller.reEncrypt(sealed, sourceName(), needed(format), out);
      }
      return;
    }
    byte[] certificate = certificate();
    if (arguments.is(KubesealFlag.FETCH_CERT)) {
      out.write(certificate);
      return;
    }
    Sealer sealer = sealer(certificate);
    if (!arguments.text(KubesealFlag.MERGE_INTO).isEmpty()) {
      merge(input, format, sealer);
      return;
    }
    if (arguments.is(KubesealFlag.RAW)) {
      sealRaw(sealer, out);
      return;
    }
    byte[] manifests = KubesealFile.manifests(input, sourceName());
    try {
      SealDocuments.seal(
          manifests, sourceName(), sealing(), this::namespace, sealer, needed(format), out);
    } finally {
      Arrays.fill(manifests, (byte) 0);
    }
  }

  private byte[] certificate() throws CommandFailure {
    String place = arguments.text(KubesealFlag.CERT);
    if (!place.isEmpty()) {
      return KubesealFile.certificate(surroundings, place);
    }
    try (KubesealController controller = KubesealController.find(surroundings, arguments)) {
      return controller.certificate();
    }
  }

  private void merge(InputStream input, Optional<ManifestFormat> format, Sealer sealer)
      throws CommandFailure {
    KubesealMerge merge = KubesealMerge.into(surroundings, arguments.text(KubesealFlag.MERGE_INTO));
    byte[] manifests = KubesealFile.manifests(input, sourceName());
    try {
      merge.merge(manifests, sourceName(), merge.sealing(sealing()), sealer, needed(format));
    } finally {
      Arrays.fill(manifests, (byte) 0);
    }
  }

  private ManifestFormat needed(Optional<ManifestFormat> format) throws CommandFailure {
    return format.orElseThrow(
        () ->
            CommandFailure.of("unsupported output format: " + arguments.text(KubesealFlag.FORMAT)));
  }

  private Sealer sealer(byte[] pem) throws CommandFailure {
    try {
      SealingCertificate certificate = SealingCertificate.read(pem);
      if (certificate.expiredAt(surroundings.clock().instant())) {
        throw CommandFailure.of(certificate.expiryMessage());
      }
      return new Sealer(certificate.publicKey(), surroundings.random());
    } catch (MalformedKeyException e) {
      throw CommandFailure.because(e);
    }
  }

  /** Strict is the default and as such says nothing: then annotations of the input decide. */
  private Scope scope() {
    return Scope.parse(arguments.text(KubesealFlag.SCOPE)).orElse(Scope.STRICT);
  }

  private Sealing sealing() {
    Scope scope = scope();
    String name = arguments.text(KubesealFlag.NAME);
    String namespace = arguments.text(KubesealFlag.NAMESPACE);
    return new Sealing(
        scope == Scope.STRICT ? Optional.empty() : Optional.of(scope),
        name.isEmpty() ? Optional.empty() : Optional.of(name),
        namespace.isEmpty() ? Optional.empty() : Optional.of(namespace),
        !namespace.isEmpty(),
        arguments.is(KubesealFlag.ALLOW_EMPTY_DATA));
  }

  /** Where a Secret goes that does not say it; read once, by whichever thread needs it first. */
  private synchronized Optional<String> namespace() {
    if (!placed) {
      placed = true;
      try {
        place = Optional.of(rawNamespace());
      } catch (CommandFailure e) {
        // Upstream too keeps to itself why it knows of no namespace.
        place = Optional.empty();
      }
    }
    return place;
  }

  private String rawNamespace() throws CommandFailure {
    String given = arguments.text(KubesealFlag.NAMESPACE);
    return given.isEmpty() ? KubesealKubeconfig.read(surroundings, arguments).namespace() : given;
  }

  private void sealRaw(Sealer sealer, OutputStream out) throws CommandFailure, IOException {
    Scope scope = scope();
    String name = arguments.text(KubesealFlag.NAME);
    String namespace = scope == Scope.CLUSTER_WIDE ? "" : rawNamespace();
    if (scope == Scope.STRICT && name.isEmpty()) {
      throw CommandFailure.of("must provide the --name flag with --raw and --scope strict");
    }
    byte[] label = scope.label(namespace, name);
    try (SecretBytes value = SecretBytes.wrap(rawValue())) {
      out.write(sealer.sealToBase64(value, label).getBytes(StandardCharsets.US_ASCII));
    }
  }

  private byte[] rawValue() throws CommandFailure, IOException {
    List<String> files = arguments.list(KubesealFlag.FROM_FILE);
    if (files.size() > 1) {
      throw CommandFailure.of(
          "must provide only one --from-file when encrypting a single item with --raw");
    }
    if (files.isEmpty()) {
      if (surroundings.inTerminal()) {
        note("(tty detected: expecting a secret to encrypt in stdin)");
      }
      return KubesealFile.manifests(surroundings.in(), "standard input");
    }
    String file = files.getFirst();
    return KubesealFile.read(surroundings, file.substring(file.indexOf('=') + 1));
  }
}
