package dev.signet.cli;

import dev.signet.cli.VaultSetup.Grant;
import dev.signet.cli.VaultSetup.Mounted;
import dev.signet.cli.VaultSetup.Setting;
import dev.signet.cli.VaultSetup.Value;
import dev.signet.cli.VaultSetup.Written;
import dev.signet.stores.vault.Seat.Kept;
import dev.signet.yaml.GoJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A setup as commands of the program {@code vault}, for bash. Run again it changes nothing but what
 * changed: a method that is mounted already is left as it is. What the manifests do not say it
 * takes from variables, and ends with what is missing.
 */
final class VaultShell {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,-]+");

  /** Whether policies are files beside the script. */
  private final boolean files;

  private final StringBuilder out = new StringBuilder();

  private VaultShell(boolean files) {
    this.files = files;
  }

  static String of(VaultSetup setup, boolean mounts, boolean files) {
    VaultShell shell = new VaultShell(files);
    shell.line("#!/usr/bin/env bash");
    shell.line("set -euo pipefail");
    if (files) {
      shell.line("cd \"$(dirname \"$0\")\"");
    }
    for (String server : setup.servers()) {
      shell.line("");
      shell.line(
          setup.servers().size() == 1
              ? "export VAULT_ADDR=${VAULT_ADDR:-" + quoted(server) + "}"
              : "export VAULT_ADDR=" + quoted(server));
      setup.mounts().stream()
          .filter(each -> mounts && each.server().equals(server))
          .forEach(shell::mount);
      setup.grants().stream().filter(each -> each.server().equals(server)).forEach(shell::grant);
    }
    return shell.out.toString();
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  /** Names are somebody's input: none of them ends the line. */
  private void comment(String text) {
    line("# " + text.replaceAll("[\\p{Cc}\\u2028\\u2029]", " "));
  }

  private static String command(String command, String namespace) {
    return "vault " + command + (namespace.isEmpty() ? "" : " -namespace=" + quoted(namespace));
  }

  private void mount(Mounted mounted) {
    String path = mounted.mount();
    line("");
    line(
        "if ! "
            + command("read", mounted.namespace())
            + " "
            + quoted("sys/auth/" + path + "/tune")
            + " > /dev/null 2>&1; then");
    line(
        "  "
            + command("auth enable", mounted.namespace())
            + " -path="
            + quoted(path)
            + " "
            + mounted.method());
    if (!mounted.configuration().isEmpty()) {
      List<String> words = new ArrayList<>();
      words.add(command("write", mounted.namespace()) + " " + quoted("auth/" + path + "/config"));
      mounted.configuration().forEach((name, value) -> words.add(name + "=" + shown(value)));
      line("  " + String.join(" \\\n    ", words));
    }
    line("fi");
    if (mounted.method().equals("ldap")) {
      comment("auth/" + path + "/config is to say where the directory is, and how it is asked.");
    }
  }

  private void grant(Grant grant) {
    line("");
    comment(String.join(", ", grant.users()));
    String write = command("policy write", grant.namespace()) + " " + grant.name();
    if (files) {
      line(write + " " + grant.name() + ".hcl");
    } else {
      line(write + " - <<'EOF'");
      out.append(grant.policy().hcl());
      line("EOF");
    }
    grant.role().ifPresent(role -> role(grant, role));
    grant.notes().forEach(this::comment);
  }

  private void role(Grant grant, Written role) {
    Map<String, Setting> settings = role.settings();
    String write = command("write", grant.namespace());
    Optional<Kept> kept = kept(settings);
    if (settings.values().stream().anyMatch(Setting.Claim.class::isInstance)) {
      line(write + " " + quoted(role.path()) + " - <<EOF");
      line(document(settings));
      line("EOF");
      return;
    }
    // An identifier of its own is set at a place of its own.
    Setting id = settings.get("role_id");
    List<String> words = new ArrayList<>();
    words.add(kept.map(VaultShell::reading).orElse("") + write + " " + quoted(role.path()));
    settings.forEach(
        (name, setting) -> {
          if (!name.equals("role_id")) {
            words.add(name + "=" + text(setting));
          }
        });
    line(String.join(" \\\n  ", words));
    if (id != null) {
      line(write + " " + quoted(role.path() + "/role-id") + " role_id=" + text(id));
    }
  }

  private static Optional<Kept> kept(Map<String, Setting> settings) {
    return settings.values().stream()
        .filter(Setting.One.class::isInstance)
        .map(each -> ((Setting.One) each).value())
        .filter(Value.InSecret.class::isInstance)
        .map(each -> ((Value.InSecret) each).kept())
        .findFirst();
  }

  private static String reading(Kept kept) {
    return "kubectl get secret "
        + quoted(kept.secret())
        + " -n "
        + quoted(kept.namespace())
        + " -o jsonpath="
        + quoted("{.data." + kept.key().replace(".", "\\.") + "}")
        + " | base64 -d |\n  ";
  }

  private static String text(Setting setting) {
    return switch (setting) {
      case Setting.One(Value value) -> shown(value);
      case Setting.Many(List<Value> values) ->
          values.stream().map(VaultShell::shown).collect(Collectors.joining(","));
      case Setting.Claim _ -> throw new IllegalArgumentException("a claim is no word");
    };
  }

  private static String shown(Value value) {
    return switch (value) {
      case Value.Known(String text) -> quoted(text);
      case Value.Blank blank -> "\"" + variable(blank) + "\"";
      case Value.InSecret _ -> "-";
    };
  }

  private static String variable(Value.Blank blank) {
    return "${"
        + blank.variable()
        + (blank.needed() ? ":?" + blank.meaning().replaceAll("[^A-Za-z0-9 ,./:_-]", "_") : ":-")
        + "}";
  }

  /** Within a document that bash expands. */
  private static String document(Map<String, Setting> settings) {
    Map<String, Object> tree = new java.util.LinkedHashMap<>();
    settings.forEach(
        (name, setting) ->
            tree.put(
                name,
                switch (setting) {
                  case Setting.One(Value value) -> expanded(value);
                  case Setting.Many(List<Value> values) ->
                      values.stream().map(VaultShell::expanded).toList();
                  case Setting.Claim(String claim, List<Value> values) ->
                      Map.of(claim, values.stream().map(VaultShell::expanded).toList());
                }));
    return GoJson.write(tree, GoJson.Layout.INDENTED, GoJson.Keys.AS_GIVEN);
  }

  private static String expanded(Value value) {
    return switch (value) {
      case Value.Known(String text) ->
          text.replace("\\", "\\\\").replace("$", "\\$").replace("`", "\\`");
      case Value.Blank blank -> variable(blank);
      case Value.InSecret _ -> throw new IllegalArgumentException("no value of a Secret is here");
    };
  }

  static String quoted(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
