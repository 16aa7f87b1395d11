package dev.signet.cli;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.stores.vault.Policy;
import dev.signet.stores.vault.Seat.Holder;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    description = {
      "Prints what a server has to be told so that these manifests work, and nothing more than that:",
      "for Vault a policy for each identity that logs in, the role that gives it, and the method of",
      "logging in. Stores, ExternalSecrets, PushSecrets, their cluster-wide kinds and",
      "VaultDynamicSecrets are looked at; no server is asked, and no Secret is read."
    },
    footer = {
      "",
      "Examples:",
      "  signet generate vault -f deploy/",
      "  signet generate vault -f deploy/ | bash",
      "  signet generate vault -f deploy/ --terraform > vault.tf",
      "  signet generate vault -f stores.yaml -f apps/ -w vault/",
      "  signet generate vault -f deploy/ -o json",
      "",
      "What the manifests do not say, such as the address of the API server, the commands take from",
      "variables, and end where one is missing. Read what is printed before you run it."
    })
final class GenerateCommand implements Command {

  enum What {
    vault
  }

  enum Format {
    shell,
    hcl,
    terraform,
    json
  }

  @Mixin Options options = new Options();

  @Parameters(index = "0", paramLabel = "WHAT", description = "One of ${COMPLETION-CANDIDATES}.")
  What what = What.vault;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "PATH",
      required = true,
      description = "A manifest, or a folder with manifests below it; repeatable.")
  List<String> files = new ArrayList<>();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      defaultValue = "default",
      description = "The namespace of objects that name none; default ${DEFAULT-VALUE}.")
  String namespace = "default";

  @Option(
      names = "--server",
      paramLabel = "ADDRESS",
      description = "Only what is for this server; default: for all that are named.")
  Optional<String> server = Optional.empty();

  @Option(
      names = "--operator-account",
      paramLabel = "NAMESPACE/NAME",
      defaultValue = "signet-system/signet",
      description =
          "The operator's service account, for stores that name none; default ${DEFAULT-VALUE}.")
  String account = "";

  @Option(
      names = "--no-mounts",
      description = "Leave out the methods of logging in: they are there, or somebody else's.")
  boolean noMounts;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description =
          "One of ${COMPLETION-CANDIDATES}; default shell: commands of the program vault.")
  Optional<Format> format = Optional.empty();

  @Option(names = "--terraform", description = "The same as -o terraform.")
  boolean terraform;

  @Option(
      names = {"-w", "--write"},
      paramLabel = "FOLDER",
      description =
          "Write files instead: setup.sh with a .hcl of each policy, vault.tf or vault.json.")
  Optional<String> write = Optional.empty();

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    if (terraform && format.filter(it -> it != Format.terraform).isPresent()) {
      throw CommandFailure.usage("--terraform and -o exclude each other", "use one of them");
    }
    Format wanted = terraform ? Format.terraform : format.orElse(Format.shell);
    VaultSetup setup = setup(surroundings);
    setup.unknown().forEach(each -> surroundings.err().println("note: " + each));
    surroundings.err().flush();
    if (setup.grants().isEmpty()) {
      throw CommandFailure.of(
          "nothing in these manifests asks "
              + server.map(it -> it + " for anything").orElse("a Vault"),
          "stores with the provider vault and those who use them are to be among them");
    }
    if (write.isPresent()) {
      write(surroundings, Path.of(write.get()), setup, wanted);
    } else {
      surroundings.out().print(text(setup, wanted, /* files= */ false));
    }
    return ExitCode.OK;
  }

  private VaultSetup setup(Surroundings surroundings) throws CommandFailure {
    int slash = account.indexOf('/');
    if (slash <= 0 || slash == account.length() - 1) {
      throw CommandFailure.usage(
          "--operator-account " + account + " names no service account", "use NAMESPACE/NAME");
    }
    List<Path> sources = new ArrayList<>();
    for (String file : files) {
      Path path = surroundings.path(file).toAbsolutePath().normalize();
      if (!Files.exists(path)) {
        throw CommandFailure.of("cannot read " + file + ": no such file or directory");
      }
      sources.add(path);
    }
    Manifests manifests = Manifests.read(sources, namespace);
    if (!manifests.failures().isEmpty()) {
      Manifests.Failure first = manifests.failures().getFirst();
      throw CommandFailure.of(first.where() + ": " + first.why());
    }
    try (State state = new State()) {
      return VaultSetup.of(
          new Directory(state, manifests, surroundings.clock(), surroundings.random()),
          new Holder.Account(account.substring(0, slash), account.substring(slash + 1)),
          server.map(it -> it.replaceAll("/+$", "")));
    } catch (ObjectsException | MalformedObjectException e) {
      throw CommandFailure.because(e);
    }
  }

  private String text(VaultSetup setup, Format wanted, boolean files) {
    return switch (wanted) {
      case shell -> VaultShell.of(setup, !noMounts, files);
      case hcl ->
          String.join(
              "\n",
              setup.grants().stream()
                  .map(each -> "# policy " + each.name() + "\n\n" + each.policy().hcl())
                  .toList());
      case terraform -> VaultTerraform.of(setup, !noMounts);
      case json -> GoJson.write(whole(setup), GoJson.Layout.INDENTED, GoJson.Keys.AS_GIVEN) + "\n";
    };
  }

  private void write(Surroundings surroundings, Path folder, VaultSetup setup, Format wanted)
      throws CommandFailure, IOException {
    Files.createDirectories(surroundings.path(folder.toString()));
    Map<String, String> all = new LinkedHashMap<>();
    switch (wanted) {
      case shell, hcl -> {
        setup.grants().forEach(each -> all.put(each.name() + ".hcl", each.policy().hcl()));
        if (wanted == Format.shell) {
          all.put("setup.sh", text(setup, wanted, /* files= */ true));
        }
      }
      case terraform -> all.put("vault.tf", text(setup, wanted, /* files= */ true));
      case json -> all.put("vault.json", text(setup, wanted, /* files= */ true));
    }
    for (Map.Entry<String, String> each : all.entrySet()) {
      String name = folder.resolve(each.getKey()).toString();
      InputOutput.write(
          surroundings,
          Optional.of(name),
          each.getValue().getBytes(StandardCharsets.UTF_8),
          AtomicFile.Readers.AS_USUAL);
      surroundings.out().println("wrote " + name);
    }
  }

  private Map<String, Object> whole(VaultSetup setup) {
    Map<String, Object> tree = new LinkedHashMap<>();
    List<Object> mounts = new ArrayList<>();
    if (!noMounts) {
      for (VaultSetup.Mounted each : setup.mounts()) {
        Map<String, Object> mount = place(each.server(), each.namespace());
        mount.put("type", each.method());
        mount.put("path", each.mount());
        Map<String, Object> configuration = new LinkedHashMap<>();
        each.configuration().forEach((name, value) -> configuration.put(name, value(value)));
        mount.put("config", configuration);
        mounts.add(mount);
      }
    }
    tree.put("authMounts", mounts);
    List<Object> policies = new ArrayList<>();
    List<Object> roles = new ArrayList<>();
    for (VaultSetup.Grant each : setup.grants()) {
      Map<String, Object> policy = place(each.server(), each.namespace());
      policy.put("name", each.name());
      policy.put("for", List.copyOf(each.users()));
      policy.put("rules", each.policy().lines().stream().map(GenerateCommand::rule).toList());
      policy.put("hcl", each.policy().hcl());
      policy.put("notes", each.notes());
      policies.add(policy);
      each.role()
          .ifPresent(
              role -> {
                Map<String, Object> one = place(each.server(), each.namespace());
                one.put("path", role.path());
                Map<String, Object> settings = new LinkedHashMap<>();
                role.settings().forEach((name, setting) -> settings.put(name, setting(setting)));
                one.put("settings", settings);
                roles.add(one);
              });
    }
    tree.put("policies", policies);
    tree.put("roles", roles);
    tree.put("notes", setup.unknown());
    return tree;
  }

  private static Map<String, Object> place(String server, String namespace) {
    Map<String, Object> place = new LinkedHashMap<>();
    place.put("server", server);
    if (!namespace.isEmpty()) {
      place.put("namespace", namespace);
    }
    return place;
  }

  private static Map<String, Object> rule(Policy.Line line) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("path", line.path());
    tree.put("capabilities", line.capabilities().stream().map(Enum::name).toList());
    if (!line.parameters().isEmpty()) {
      Map<String, Object> parameters = new LinkedHashMap<>();
      line.parameters().forEach((name, values) -> parameters.put(name, List.copyOf(values)));
      tree.put("allowedParameters", parameters);
    }
    tree.put("for", line.by());
    return tree;
  }

  private static Object setting(VaultSetup.Setting setting) {
    return switch (setting) {
      case VaultSetup.Setting.One(var value) -> value(value);
      case VaultSetup.Setting.Many(var values) ->
          values.stream().map(GenerateCommand::value).toList();
      case VaultSetup.Setting.Claim(String claim, var values) ->
          Map.of(claim, values.stream().map(GenerateCommand::value).toList());
    };
  }

  private static Object value(VaultSetup.Value value) {
    return switch (value) {
      case VaultSetup.Value.Known(String text) -> text;
      case VaultSetup.Value.Blank(String variable, String meaning, boolean needed) ->
          Map.of("variable", variable, "meaning", meaning, "needed", needed);
      case VaultSetup.Value.InSecret(var kept) ->
          Map.of(
              "secret",
              Map.of("namespace", kept.namespace(), "name", kept.secret(), "key", kept.key()));
    };
  }
}
