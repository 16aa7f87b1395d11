package dev.signet.stores.azure;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import dev.signet.stores.https.Referents;
import dev.signet.stores.https.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How a store gets its access token. */
sealed interface AzureLogin extends AutoCloseable {

  Tokens.Token token() throws StoreException;

  /** All that makes it another identity; nothing can be told from it. */
  String name();

  /** Whether it is this process that asks, and nobody that the store names. */
  default boolean ofProcess() {
    return false;
  }

  @Override
  default void close() {}

  private static byte[] open(SecretBytes secret, Endpoint endpoint) throws StoreException {
    try {
      return secret.with(byte[]::clone);
    } catch (IllegalStateException e) {
      // Calls may outlive whoever began them.
      throw new StoreException(
          new Problem.Unreachable(),
          endpoint.identity() + " was closed before it was logged in to");
    }
  }

  /** An application and its secret. */
  record Secret(
      String tenant,
      String client,
      SecretBytes secret,
      Endpoint endpoint,
      AzureConfiguration.Cloud cloud)
      implements AzureLogin {
    @Override
    public Tokens.Token token() throws StoreException {
      return new Library(endpoint, cloud)
          .secret(tenant, client, new String(open(secret, endpoint), StandardCharsets.UTF_8));
    }

    @Override
    public String name() {
      return Tokens.identity(
          "secret",
          tenant,
          client,
          secret.<String, RuntimeException>with(bytes -> Tokens.identity(bytes)));
    }

    @Override
    public void close() {
      secret.close();
    }
  }

  /** An application and its certificate with its key, in PEM. */
  record Certificate(
      String tenant,
      String client,
      SecretBytes pem,
      Endpoint endpoint,
      AzureConfiguration.Cloud cloud)
      implements AzureLogin {
    @Override
    public Tokens.Token token() throws StoreException {
      return new Library(endpoint, cloud).certificate(tenant, client, open(pem, endpoint));
    }

    @Override
    public String name() {
      return Tokens.identity(
          "certificate",
          tenant,
          client,
          pem.<String, RuntimeException>with(bytes -> Tokens.identity(bytes)));
    }

    @Override
    public void close() {
      pem.close();
    }
  }

  /**
   * What this machine is.
   *
   * @param client which of several; empty for the only one
   */
  record Machine(String client, Endpoint endpoint, AzureConfiguration.Cloud cloud)
      implements AzureLogin {
    @Override
    public Tokens.Token token() throws StoreException {
      return new Library(endpoint, cloud).machine(client);
    }

    @Override
    public String name() {
      return Tokens.identity("machine", client);
    }

    @Override
    public boolean ofProcess() {
      return true;
    }
  }

  /** What this pod is, by the token in a file that the webhook of workload identity mounts. */
  record Pod(
      String tenant, String client, String file, Endpoint endpoint, AzureConfiguration.Cloud cloud)
      implements AzureLogin {
    @Override
    public Tokens.Token token() throws StoreException {
      return new Library(endpoint, cloud)
          .assertion(
              tenant,
              client,
              () -> {
                try {
                  return Files.readString(Path.of(file)).strip();
                } catch (IOException e) {
                  throw new StoreException(
                      new Problem.Unreachable(), "unable to read token file " + file);
                }
              });
    }

    @Override
    public String name() {
      return Tokens.identity("pod", tenant, client, file);
    }

    @Override
    public boolean ofProcess() {
      return true;
    }
  }

  /** A service account of the cluster. */
  record Account(
      String tenant,
      String client,
      Fields account,
      References references,
      Endpoint endpoint,
      AzureConfiguration.Cloud cloud)
      implements AzureLogin {
    @Override
    public Tokens.Token token() throws StoreException {
      return new Library(endpoint, cloud)
          .assertion(
              tenant,
              client,
              () ->
                  Referents.accountToken(
                      account, List.of("api://AzureADTokenExchange"), references));
    }

    @Override
    public String name() {
      try {
        return Tokens.identity(
            "account",
            tenant,
            client,
            account.requiredString("name"),
            account.string("namespace").orElse(endpoint.identity()),
            account.strings("audiences").toString());
      } catch (MalformedObjectException e) {
        throw new IllegalStateException("it was read before", e);
      }
    }
  }
}
