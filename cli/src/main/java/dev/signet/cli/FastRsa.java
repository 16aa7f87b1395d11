package dev.signet.cli;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.signet.core.sealing.RsaProviders;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RSA's private operation by the Amazon Corretto Crypto Provider, in a third of the JDK's time: for
 * Linux on x86_64 and aarch64, with glibc. Used for nothing else, and by name: it is never put on
 * the JVM's list of providers.
 *
 * <p>Its library lies beside the runtime in what is shipped, and is loaded from there, so that
 * nothing has to be written and a read-only root will do. Otherwise, as in a build, the provider
 * unpacks it into a folder for temporary files. Wherever that fails, whatever the reason, the JDK's
 * RSA opens: slower, and with the same results.
 */
final class FastRsa {

  /** Set to {@code jdk}, the JDK's RSA is used. */
  static final String CHOICE = "signet.rsa";

  /** Loading costs about as much CPU time as so many operations of RSA 4096 by the JDK. */
  private static final int PAYS_AFTER = 32;

  /** What one of RSA 4096 is to {@link RsaProviders}. */
  private static final int RSA_4096 = 8;

  private static final String LIBRARY = "amazonCorrettoCryptoProvider";
  private static final String FROM_FILE = "com.amazon.corretto.crypto.provider.useExternalLib";
  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.rsa");

  private FastRsa() {}

  /** For a command: silent, since all that changes is how long it takes. */
  static RsaProviders ofCommand() {
    return whenItPays(_ -> {}, _ -> {});
  }

  /** For a process that goes on: the log says once whose RSA is used, and why not this one. */
  static RsaProviders ofService() {
    return whenItPays(
        provider -> LOG.atInfo().addKeyValue("provider", provider).log("RSA is fast from now on"),
        why -> LOG.atWarn().addKeyValue("reason", why).log("RSA stays that of the JDK"));
  }

  private static RsaProviders whenItPays(Consumer<String> loaded, Consumer<String> why) {
    return RsaProviders.after(
        PAYS_AFTER * RSA_4096,
        () -> {
          Optional<Provider> provider = load(why);
          provider.map(Provider::getInfo).ifPresent(loaded);
          return provider;
        });
  }

  /**
   * Loads it now, and has it test itself.
   *
   * @param why told the reason when there is nothing to return
   */
  static Optional<Provider> load(Consumer<String> why) {
    if (System.getProperty(CHOICE, "").equals("jdk")) {
      why.accept("-D" + CHOICE + "=jdk is set");
      return Optional.empty();
    }
    try {
      if (liesInAFile()) {
        System.setProperty(FROM_FILE, "true");
      }
      AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
      provider.assertHealthy();
      return Optional.of(provider);
    } catch (RuntimeException | LinkageError | AssertionError e) {
      why.accept(reason(e));
      return Optional.empty();
    }
  }

  private static boolean liesInAFile() {
    String file = System.mapLibraryName(LIBRARY);
    for (String property : new String[] {"sun.boot.library.path", "java.library.path"}) {
      for (String folder : System.getProperty(property, "").split(File.pathSeparator)) {
        if (!folder.isEmpty() && Files.isRegularFile(Path.of(folder, file))) {
          return true;
        }
      }
    }
    return false;
  }

  /** The innermost one is the one that tells. */
  private static String reason(Throwable failure) {
    if (failure instanceof NoClassDefFoundError) {
      return "the Amazon Corretto Crypto Provider is not installed";
    }
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    for (Throwable suppressed : cause.getSuppressed()) {
      cause = suppressed;
    }
    return String.valueOf(cause.getMessage());
  }
}
