package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.cluster.Identity;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands that {@code signet generate vault} prints, run by bash with the program {@code
 * vault} on a real server. After them every manifest delivers, as the roles that they wrote.
 */
@OnVault
class GeneratedVaultTest {

  private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

  private static String jwt(KeyPair keys, String subject) throws GeneralSecurityException {
    String text =
        URL.encodeToString("{\"alg\":\"RS256\",\"typ\":\"JWT\"}".getBytes(UTF_8))
            + "."
            + URL.encodeToString(
                "{\"sub\":\"%s\",\"iat\":%d,\"exp\":%d}"
                    .formatted(
                        subject,
                        System.currentTimeMillis() / 1000 - 60,
                        System.currentTimeMillis() / 1000 + 3600)
                    .getBytes(UTF_8));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(keys.getPrivate());
    signature.update(text.getBytes(UTF_8));
    return text + "." + URL.encodeToString(signature.sign());
  }

  private static String store(String name, String server, String kv, String more) {
    return """
        apiVersion: external-secrets.io/v1
        kind: SecretStore
        metadata: {name: %s, namespace: production}
        spec: {provider: {vault: {server: '%s', path: %s, %s}}}
        ---
        """
        .formatted(name, server, kv, more);
  }

  private static String secret(String name, Map<String, String> values) {
    StringBuilder text =
        new StringBuilder("apiVersion: v1\nkind: Secret\nmetadata: {name: ")
            .append(name)
            .append(", namespace: production}\nstringData:\n");
    values.forEach(
        (key, value) -> text.append("  ").append(key).append(": |-\n").append(value.indent(4)));
    return text + "---\n";
  }

  private static String external(String store) {
    return """
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: of-%1$s, namespace: production}
        spec:
          secretStoreRef: {name: %1$s}
          data: [{secretKey: v, remoteRef: {key: app/%1$s, property: v}}]
        ---
        """
        .formatted(store);
  }

  @Test
  void everyManifestDeliversAsWhoeverTheCommandsMade(Vault vault, @TempDir Path folder)
      throws Exception {
    String kv = vault.mount("kv-v2");
    for (String each : new String[] {"role", "user", "token", "jwt", "cert", "other"}) {
      vault.write(kv + "/data/app/" + each, "{\"data\": {\"v\": \"of " + each + "\"}}");
    }
    Identity client = vault.client("app");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    vault.write("sys/auth/jwt-" + kv, "{\"type\": \"jwt\"}");
    vault.write(
        "auth/jwt-" + kv + "/config",
        "{\"jwt_validation_pubkeys\": \"-----BEGIN PUBLIC KEY-----\\n%s\\n-----END PUBLIC KEY-----\"}"
            .formatted(Base64.getEncoder().encodeToString(keys.getPublic().getEncoded())));
    String stores =
        store(
                "role",
                vault.url(),
                kv,
                "auth: {appRole: {path: approle-%s, roleId: id-%s, secretRef: {name: role, key: secret-id}}}"
                    .formatted(kv, kv))
            + store(
                "user",
                vault.url(),
                kv,
                "auth: {userPass: {path: userpass-%s, username: app, secretRef: {name: user, key: password}}}"
                    .formatted(kv))
            + store("token", vault.url(), kv, "auth: {tokenSecretRef: {name: token, key: token}}")
            + store(
                "jwt",
                vault.url(),
                kv,
                "auth: {jwt: {path: jwt-%s, role: app, secretRef: {name: jwt, key: token}}}"
                    .formatted(kv))
            + store(
                    "cert",
                    vault.url(),
                    kv,
                    "auth: {cert: {path: cert-%s, vaultRole: app, clientCert: {name: cert}, secretRef: {name: cert}}}"
                        .formatted(kv))
                .replace(
                    "server: '" + vault.url(),
                    "caProvider: {type: Secret, name: cert, key: ca.crt}, server: '"
                        + vault.tlsUrl());
    StringBuilder users = new StringBuilder();
    for (String each : new String[] {"role", "user", "token", "jwt", "cert"}) {
      users.append(external(each));
    }
    users.append(
        """
        apiVersion: external-secrets.io/v1alpha1
        kind: PushSecret
        metadata: {name: pushed, namespace: production}
        spec:
          secretStoreRefs: [{name: role}]
          selector: {secret: {name: user}}
          data: [{match: {secretKey: password, remoteRef: {remoteKey: pushed, property: password}}}]
        """);
    Shell shell = new Shell(folder);
    shell.write("app/stores.yaml", stores);
    shell.write("app/users.yaml", users.toString());
    VaultCommands commands =
        new VaultCommands(folder, vault)
            // What the cluster would hold: kubectl get secret NAME -n NAMESPACE …
            .program(
                "kubectl",
                "test \"$5\" = production && base64 -w0 < \"" + folder.resolve("work") + "/$3\"");
    shell.write("user", "of-nobody");
    shell.write("cert", client.certificatePem());

    // For two addresses there are two sections, which are one server here.
    String script = shell.signet("generate", "vault", "-f", "app").succeeded().out();
    Shell.Result missing = commands.run(shell.directory(), script, Map.of());
    assertThat(missing.code()).isNotZero();
    assertThat(missing.err()).contains("SUBJECT_OF_PRODUCTION_JWT: the sub of the token in");
    Map<String, String> variables =
        Map.of("SUBJECT_OF_PRODUCTION_JWT", "somebody", "VAULT_SKIP_VERIFY", "true");
    commands.run(shell.directory(), script, variables).succeeded();
    // And again: nothing is in the way.
    commands.run(shell.directory(), script, variables).succeeded();

    String secretId =
        commands
            .run(
                shell.directory(),
                "vault write -f -field=secret_id auth/approle-%s/role/production-role/secret-id"
                    .formatted(kv),
                Map.of())
            .succeeded()
            .out();
    String token =
        commands
            .run(
                shell.directory(),
                "vault token create -orphan -policy=production-token -field=token",
                Map.of())
            .succeeded()
            .out();
    shell.write(
        "app/secrets.yaml",
        secret("role", Map.of("secret-id", secretId))
            + secret("user", Map.of("password", "of-nobody"))
            + secret("token", Map.of("token", token))
            + secret("jwt", Map.of("token", jwt(keys, "somebody")))
            + secret(
                "cert",
                Map.of(
                    "tls.crt", client.certificatePem(),
                    "tls.key", client.keyPem(),
                    "ca.crt", vault.authority())));

    shell.signet("apply", "-f", "app").succeeded();

    for (String each : new String[] {"role", "user", "token", "jwt", "cert"}) {
      assertThat(
              shell
                  .signet("get", "secret", "production/of-" + each, "--reveal", "v")
                  .succeeded()
                  .out())
          .isEqualTo("of " + each);
    }
    assertThat(vault.read(kv + "/data/pushed").body()).contains("\"password\":\"of-nobody\"");

    // What no manifest named when it was printed is denied.
    shell.write("app/users.yaml", users.toString().replace("key: app/role", "key: app/other"));
    Shell.Result denied = shell.signet("apply", "-f", "app");
    assertThat(denied.code()).isEqualTo(3);
    assertThat(denied.err()).contains("of-role", "permission denied").doesNotContain("of-user");
  }

  /** No directory is here that could be asked: that the server takes it is all that is proven. */
  @Test
  void aUserOfADirectoryGetsThePolicy(Vault vault, @TempDir Path folder) throws IOException {
    String kv = vault.mount("kv-v2");
    Shell shell = new Shell(folder);
    shell.write(
        "app/all.yaml",
        store(
                "user",
                vault.url(),
                kv,
                "auth: {ldap: {path: ldap-%s, username: app, secretRef: {name: user, key: password}}}"
                    .formatted(kv))
            + external("user"));
    String script = shell.signet("generate", "vault", "-f", "app").succeeded().out();
    new VaultCommands(folder, vault).run(shell.directory(), script, Map.of()).succeeded();
    assertThat(
            vault
                .read("auth/ldap-" + kv + "/users/app")
                .orFail()
                .json()
                .row("data")
                .texts("policies"))
        .containsExactly("app");
  }

  /** Manifests are input: names in them are names to bash and to Vault, whatever they look like. */
  @Test
  void namesAreNoCommands(Vault vault, @TempDir Path folder) throws IOException {
    Shell shell = new Shell(folder);
    shell.write(
        "app/all.yaml",
        """
        apiVersion: external-secrets.io/v1
        kind: SecretStore
        metadata: {name: "s\\nEOF\\ntouch pwned\\n#", namespace: a}
        spec:
          provider:
            vault:
              server: 'https://v/$(pwn)'
              path: m
              auth:
                userPass:
                  username: "u'; touch pwned; '$(touch pwned)"
                  secretRef: {name: "n\\ntouch pwned\\n", key: "k'; touch pwned; '"}
        ---
        apiVersion: external-secrets.io/v1
        kind: SecretStore
        metadata: {name: t, namespace: a}
        spec:
          provider:
            vault:
              server: 'https://v/$(pwn)'
              path: m
              auth: {jwt: {path: j, secretRef: {name: "x}$(touch pwned)\\n`touch pwned`", key: "k"}}}
        ---
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: "e\\nEOF\\ntouch pwned\\n#", namespace: a}
        spec:
          data:
          - secretKey: k
            sourceRef: {storeRef: {name: "s\\nEOF\\ntouch pwned\\n#"}}
            remoteRef: {key: "$(touch pwned)`touch pwned`"}
          - secretKey: l
            sourceRef: {storeRef: {name: t}}
            remoteRef: {key: k}
        """);
    String script = shell.signet("generate", "vault", "-f", "app").succeeded().out();
    VaultCommands commands =
        new VaultCommands(folder, vault)
            .program("vault", "exit 0")
            .program("kubectl", "exit 0")
            .program("pwn", "touch pwned");
    Shell.Result result = commands.run(shell.directory(), script, Map.of());
    assertThat(result.code()).as("a variable is missing").isEqualTo(1);
    var _ =
        commands.run(
            shell.directory(), script.replaceAll(":\\?[^}]*}", ":-}"), Map.of("VAULT_ADDR", "x"));
    assertThat(shell.directory().resolve("pwned")).doesNotExist();
  }
}
