package dev.signet.cli;

import dev.signet.cli.VaultSetup.Grant;
import dev.signet.cli.VaultSetup.Mounted;
import dev.signet.cli.VaultSetup.Setting;
import dev.signet.cli.VaultSetup.Value;
import dev.signet.cli.VaultSetup.Written;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A setup as resources of Terraform's provider {@code hashicorp/vault}. */
final class VaultTerraform {

  private final VaultSetup setup;
  private final boolean mounts;
  private final StringBuilder out = new StringBuilder();

  /** By name: what it means, and whether it is a secret. */
  private final Map<String, Variable> variables = new TreeMap<>();

  private record Variable(String meaning, boolean needed, boolean secret) {}

  private VaultTerraform(VaultSetup setup, boolean mounts) {
    this.setup = setup;
    this.mounts = mounts;
  }

  static String of(VaultSetup setup, boolean mounts) {
    return new VaultTerraform(setup, mounts).text();
  }

  private String text() {
    if (setup.servers().size() > 1) {
      for (String server : setup.servers()) {
        Map<String, String> provider = new LinkedHashMap<>();
        provider.put("alias", quoted(alias(server)));
        provider.put("address", quoted(server));
        block("provider \"vault\"", provider);
      }
    }
    if (mounts) {
      setup.mounts().forEach(this::mount);
    }
    setup.grants().forEach(this::grant);
    StringBuilder declared = new StringBuilder();
    variables.forEach(
        (name, variable) -> {
          declared.append("variable ").append(quoted(name)).append(" {\n");
          declared.append("  type = string\n");
          declared.append("  description = ").append(quoted(variable.meaning())).append('\n');
          if (variable.secret()) {
            declared.append("  sensitive = true\n");
          }
          if (!variable.needed()) {
            declared.append("  default = null\n");
          }
          declared.append("}\n\n");
        });
    return declared + out.toString().stripTrailing() + "\n";
  }

  private void comment(String text) {
    out.append("# ").append(text.replaceAll("[\\p{Cc}\\u2028\\u2029]", " ")).append('\n');
  }

  private void block(String head, Map<String, String> attributes) {
    out.append(head).append(" {\n");
    attributes.forEach(
        (name, value) -> out.append("  ").append(name).append(" = ").append(value).append('\n'));
    out.append("}\n\n");
  }

  private Map<String, String> attributes(String server, String namespace) {
    Map<String, String> attributes = new LinkedHashMap<>();
    if (setup.servers().size() > 1) {
      attributes.put("provider", "vault." + alias(server));
    }
    if (!namespace.isEmpty()) {
      attributes.put("namespace", quoted(namespace));
    }
    return attributes;
  }

  private static String alias(String server) {
    return identifier(server.replaceFirst("^https?://", ""));
  }

  private static String identifier(String text) {
    String name = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "_");
    return Character.isDigit(name.charAt(0)) ? "_" + name : name;
  }

  private String local(String server, String namespace, String name) {
    return identifier(
        (setup.servers().size() > 1 ? alias(server) + "_" : "")
            + (namespace.isEmpty() ? "" : namespace + "_")
            + name);
  }

  private void mount(Mounted mounted) {
    String local = local(mounted.server(), mounted.namespace(), mounted.mount());
    Map<String, String> attributes = attributes(mounted.server(), mounted.namespace());
    if (mounted.method().equals("jwt")) {
      attributes.put("path", quoted(mounted.mount()));
      mounted.configuration().forEach((name, value) -> attributes.put(name, value(name, value)));
      block("resource \"vault_jwt_auth_backend\" " + quoted(local), attributes);
      return;
    }
    attributes.put("type", quoted(mounted.method()));
    attributes.put("path", quoted(mounted.mount()));
    block("resource \"vault_auth_backend\" " + quoted(local), attributes);
    if (mounted.method().equals("kubernetes")) {
      Map<String, String> configuration = attributes(mounted.server(), mounted.namespace());
      configuration.put("backend", "vault_auth_backend." + local + ".path");
      mounted.configuration().forEach((name, value) -> configuration.put(name, value(name, value)));
      block("resource \"vault_kubernetes_auth_backend_config\" " + quoted(local), configuration);
    }
  }

  private void grant(Grant grant) {
    String local = local(grant.server(), grant.namespace(), grant.name());
    comment(String.join(", ", grant.users()));
    grant.notes().forEach(this::comment);
    Map<String, String> attributes = attributes(grant.server(), grant.namespace());
    attributes.put("name", quoted(grant.name()));
    attributes.put(
        "policy",
        "<<-EOT\n" + escaped(grant.policy().hcl()).indent(4).replaceAll("(?m)^ +$", "") + "  EOT");
    block("resource \"vault_policy\" " + quoted(local), attributes);
    grant.role().ifPresent(role -> role(grant, role, local));
  }

  private void role(Grant grant, Written role, String local) {
    Map<String, String> attributes = attributes(grant.server(), grant.namespace());
    String backend =
        mounts
            ? (role.method().equals("jwt") ? "vault_jwt_auth_backend." : "vault_auth_backend.")
                + local(grant.server(), grant.namespace(), role.mount())
                + ".path"
            : quoted(role.mount());
    String policies = "[vault_policy." + local + ".name]";
    switch (role.method()) {
      case "userpass" -> {
        attributes.put(
            "path",
            mounts
                ? "\"auth/${" + backend + "}/users/" + escaped(role.name()) + "\""
                : quoted(role.path()));
        attributes.put("ignore_absent_fields", "true");
        attributes.put(
            "data_json",
            "jsonencode({ "
                + settings(role, policies).entrySet().stream()
                    .map(each -> each.getKey() + " = " + each.getValue())
                    .collect(Collectors.joining(", "))
                + " })");
      }
      case "ldap" -> {
        attributes.put("backend", backend);
        attributes.put("username", quoted(role.name()));
        attributes.putAll(settings(role, policies));
      }
      default -> {
        attributes.put("backend", backend);
        attributes.put(role.method().equals("cert") ? "name" : "role_name", quoted(role.name()));
        attributes.putAll(settings(role, policies));
      }
    }
    block("resource " + quoted(resource(role.method())) + " " + quoted(local), attributes);
  }

  private static String resource(String method) {
    return switch (method) {
      case "userpass" -> "vault_generic_endpoint";
      case "ldap" -> "vault_ldap_auth_backend_user";
      default -> "vault_" + method + "_auth_backend_role";
    };
  }

  private Map<String, String> settings(Written role, String policies) {
    Map<String, String> settings = new LinkedHashMap<>();
    role.settings()
        .forEach(
            (name, setting) ->
                settings.put(
                    name,
                    switch (name) {
                      case "policies", "token_policies" -> policies;
                      // It is a number of seconds there.
                      case "token_ttl" -> "3600";
                      default ->
                          switch (setting) {
                            case Setting.One(Value value) -> value(role.name() + "_" + name, value);
                            case Setting.Many(List<Value> values) ->
                                values.stream()
                                    .map(each -> value(name, each))
                                    .collect(Collectors.joining(", ", "[", "]"));
                            case Setting.Claim(String claim, List<Value> values) ->
                                "{ "
                                    + claim
                                    + " = join(\",\", "
                                    + values.stream()
                                        .map(each -> value(name, each))
                                        .collect(Collectors.joining(", ", "[", "]"))
                                    + ") }";
                          };
                    }));
    return settings;
  }

  private String value(String name, Value value) {
    return switch (value) {
      case Value.Known(String text) -> quoted(text);
      case Value.Blank blank -> {
        boolean secret = blank.variable().endsWith("_JWT");
        yield variable(
            identifier(blank.variable()), new Variable(blank.meaning(), blank.needed(), secret));
      }
      case Value.InSecret(var kept) ->
          variable(
              identifier(name),
              new Variable(
                  "what stands in " + kept,
                  /* needed= */ true,
                  /* secret= */ !name.endsWith("certificate")));
    };
  }

  private String variable(String name, Variable variable) {
    variables.put(name, variable);
    return "var." + name;
  }

  private static String quoted(String text) {
    String plain = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return "\"" + escaped(plain) + "\"";
  }

  /** Nothing in it is a template. */
  private static String escaped(String text) {
    return text.replace("${", "$${").replace("%{", "%%{");
  }
}
