package dev.signet.cli;

import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.StoreException;
import dev.signet.dialects.externalsecrets.Demands;
import dev.signet.dialects.externalsecrets.Demands.Demand;
import dev.signet.stores.vault.Policy;
import dev.signet.stores.vault.Seat;
import dev.signet.stores.vault.Seat.Holder;
import dev.signet.stores.vault.Seat.Kept;
import dev.signet.stores.vault.Seat.Role;
import dev.signet.stores.vault.VaultNeeds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What servers of Vault have to be told so that a set of manifests works, and no more than works:
 * for each identity that logs in a policy and the role that gives it.
 *
 * @param unknown what the manifests do not say, for people
 */
record VaultSetup(List<Grant> grants, List<String> unknown) {

  static final String KIND = "VaultDynamicSecret";

  /**
   * One identity.
   *
   * @param name of its policy, and of its role where the manifests name none
   * @param role empty where tokens are given out by hand
   */
  record Grant(
      String server,
      String namespace,
      String name,
      Policy policy,
      Optional<Written> role,
      Set<String> users,
      List<String> notes) {}

  /** A value of a setting. */
  sealed interface Value {
    record Known(String text) implements Value {}

    /**
     * Not in the manifests.
     *
     * @param variable which whoever runs it sets
     * @param needed whether nothing works without
     */
    record Blank(String variable, String meaning, boolean needed) implements Value {}

    /** In a Secret of the cluster. */
    record InSecret(Kept kept) implements Value {}
  }

  /** What a role says. */
  sealed interface Setting {
    record One(Value value) implements Setting {}

    record Many(List<Value> values) implements Setting {}

    /** One claim of a token, which has to be one of these. */
    record Claim(String claim, List<Value> values) implements Setting {}
  }

  /**
   * A role, as it is written.
   *
   * @param method the type of what is mounted
   * @param kind where roles are below the mount: {@code role}, {@code users}, {@code certs}
   */
  record Written(
      String method, String mount, String kind, String name, Map<String, Setting> settings) {

    String path() {
      return "auth/" + mount + "/" + kind + "/" + name;
    }
  }

  /** Several stores may be one identity. */
  private record Identity(String server, String namespace, String method, String name) {}

  private static final class Gathered {
    final Seat seat;
    final String name;
    final Policy policy = new Policy();
    final Set<String> users = new TreeSet<>();
    final Set<Holder> holders = new LinkedHashSet<>();
    final Set<List<String>> audiences = new LinkedHashSet<>();

    Gathered(Seat seat, String name) {
      this.seat = seat;
      this.name = name;
    }
  }

  private static final Set<String> RESERVED = Set.of("root", "default", "response-wrapping");

  /**
   * @param process the service account of whoever asks for stores that name none
   * @param server only of that one, if it is given
   */
  static VaultSetup of(Objects objects, Holder.Account process, Optional<String> server)
      throws ObjectsException, MalformedObjectException {
    Demands.Found found = Demands.of(objects, "vault", KIND);
    Map<Identity, Gathered> all = new LinkedHashMap<>();
    for (Demands.OfStore each : found.stores()) {
      Fields configuration = each.configuration().lenient();
      boolean clusterWide = each.store().namespace().isEmpty();
      try {
        gathered(
                all,
                Seat.of(configuration, clusterWide ? each.user() : each.store().namespace()),
                each.store())
            .policy
            .add(rules(configuration, each.demand()), each.by().toString());
      } catch (MalformedObjectException | StoreException e) {
        throw at(each.store(), each.by(), e);
      }
    }
    for (Demands.OfGenerator each : found.generators()) {
      Fields spec = each.spec().lenient();
      boolean alone = each.generator().equals(each.by());
      try {
        gathered(all, Seat.of(spec.requiredObject("provider"), each.user()), each.generator())
            .policy
            .add(
                VaultNeeds.generator(spec),
                alone ? each.generator().toString() : each.generator() + " for " + each.by());
      } catch (MalformedObjectException | StoreException e) {
        throw at(each.generator(), each.by(), e);
      }
    }
    all.values().removeIf(each -> server.filter(it -> !it.equals(each.seat.server())).isPresent());
    return new VaultSetup(grants(all.values().stream().toList(), process), found.unknown());
  }

  private static MalformedObjectException at(Ref asked, Ref by, Exception e) {
    return new MalformedObjectException(
        asked + (asked.equals(by) ? "" : " for " + by) + ": " + e.getMessage());
  }

  private static List<Policy.Rule> rules(Fields configuration, Demand demand)
      throws MalformedObjectException, StoreException {
    VaultNeeds needs = VaultNeeds.of(configuration);
    return switch (demand) {
      case Demand.Read(var ref) -> needs.read(ref);
      case Demand.Find(var search) -> needs.find(search);
      case Demand.Push(String key, boolean deletes) -> needs.push(key, deletes);
      case Demand.PushAny(boolean deletes) -> needs.pushAny(deletes);
    };
  }

  private static Gathered gathered(Map<Identity, Gathered> all, Seat seat, Ref user) {
    String own = slug(user.path().replace('/', '-'));
    Identity identity =
        switch (seat.role()) {
          case Role.Nobody _ -> identity(seat, "", own);
          case Role.Token(Kept kept) -> identity(seat, "token", kept.toString());
          case Role.AppRole(String mount, var id, var keptId, Kept secret) ->
              identity(
                  seat, mount, id.or(() -> keptId.map(Kept::toString)).orElse(secret.toString()));
          case Role.Kubernetes(String mount, String name, var _, var _) ->
              identity(seat, mount, name);
          case Role.Jwt(String mount, String name, var _, var _) ->
              identity(seat, mount, name.isEmpty() ? "\0" + own : name);
          case Role.Password(var _, String mount, String name, var _) ->
              identity(seat, mount, name);
          case Role.Certificate(String mount, String name, var _) ->
              identity(seat, mount, name.isEmpty() ? "\0" + own : name);
        };
    Gathered gathered =
        all.computeIfAbsent(
            identity,
            _ -> new Gathered(seat, named(seat.role()).map(VaultSetup::slug).orElse(own)));
    gathered.users.add(user.toString());
    switch (seat.role()) {
      case Role.Kubernetes(var _, var _, List<String> audiences, Holder holder) -> {
        gathered.holders.add(holder);
        gathered.audiences.add(audiences);
      }
      case Role.Jwt(var _, var _, List<String> audiences, Holder holder) -> {
        gathered.holders.add(holder);
        gathered.audiences.add(audiences);
      }
      case Role.Nobody _, Role.Token _, Role.AppRole _, Role.Password _, Role.Certificate _ -> {}
    }
    return gathered;
  }

  private static Identity identity(Seat seat, String method, String name) {
    return new Identity(seat.server(), seat.namespace(), method, name);
  }

  private static Optional<String> named(Role role) {
    String name =
        switch (role) {
          case Role.Kubernetes kubernetes -> kubernetes.name();
          case Role.Jwt jwt -> jwt.name();
          case Role.Password password -> password.user();
          case Role.Certificate certificate -> certificate.name();
          case Role.Nobody _, Role.Token _, Role.AppRole _ -> "";
        };
    return Optional.of(name).filter(it -> !it.isEmpty());
  }

  /** Policies have names in small letters. */
  private static String slug(String name) {
    String slug = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
    return RESERVED.contains(slug) ? "signet-" + slug : slug;
  }

  private static List<Grant> grants(List<Gathered> all, Holder.Account process) {
    List<Grant> grants = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (Gathered each : all) {
      String name = each.name;
      for (int i = 2; !taken.add(name); i++) {
        name = each.name + "-" + i;
      }
      List<String> notes = new ArrayList<>();
      Optional<Written> role = written(each, name, process, notes);
      grants.add(
          new Grant(
              each.seat.server(),
              each.seat.namespace(),
              name,
              each.policy,
              role,
              each.users,
              notes));
    }
    return grants;
  }

  private static Optional<Written> written(
      Gathered from, String policy, Holder.Account process, List<String> notes) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    Role role = from.seat.role();
    String own = named(role).orElse(policy);
    if (role instanceof Role.Password password && password.method().equals("ldap")) {
      settings.put("policies", many(Stream.of(policy)));
    } else {
      settings.put("token_policies", many(Stream.of(policy)));
      settings.put("token_ttl", one("1h"));
    }
    return switch (role) {
      case Role.Nobody _ -> {
        notes.add("whoever adds the token to requests needs one with this policy");
        yield Optional.empty();
      }
      case Role.Token(Kept kept) -> {
        notes.add(
            kept + " needs a token with this policy: vault token create -orphan -policy=" + policy);
        yield Optional.empty();
      }
      case Role.AppRole(String mount, var id, var keptId, Kept secret) -> {
        id.ifPresent(it -> settings.put("role_id", one(it)));
        String path = "auth/" + mount + "/role/" + policy;
        keptId.ifPresent(
            it ->
                notes.add(
                    it
                        + " needs what this prints: vault read -field=role_id "
                        + path
                        + "/role-id"));
        notes.add(
            secret
                + " needs what this prints: vault write -f -field=secret_id "
                + path
                + "/secret-id");
        yield Optional.of(new Written("approle", mount, "role", policy, settings));
      }
      case Role.Kubernetes(String mount, String name, var _, var _) -> {
        kubernetes(from, process, settings, notes);
        yield Optional.of(new Written("kubernetes", mount, "role", name, settings));
      }
      case Role.Jwt(String mount, String name, var _, var _) -> {
        jwt(from, process, settings);
        if (!settings.containsKey("bound_audiences")) {
          notes.add("a token that is for an audience needs bound_audiences besides");
        }
        if (name.isEmpty()) {
          notes.add("no role is named: make " + own + " the default_role of auth/" + mount);
        }
        yield Optional.of(new Written("jwt", mount, "role", own, settings));
      }
      case Role.Password(String method, String mount, String user, Kept password) -> {
        if (method.equals("userpass")) {
          settings.put("password", new Setting.One(new Value.InSecret(password)));
        }
        yield Optional.of(new Written(method, mount, "users", user, settings));
      }
      case Role.Certificate(String mount, var _, Kept certificate) -> {
        settings.put("certificate", new Setting.One(new Value.InSecret(certificate)));
        yield Optional.of(new Written("cert", mount, "certs", own, settings));
      }
    };
  }

  private static Setting one(String text) {
    return new Setting.One(new Value.Known(text));
  }

  private static Setting many(Stream<String> texts) {
    return new Setting.Many(texts.<Value>map(Value.Known::new).toList());
  }

  private static void kubernetes(
      Gathered from, Holder.Account process, Map<String, Setting> settings, List<String> notes) {
    Set<String> names = new TreeSet<>();
    Set<String> namespaces = new TreeSet<>();
    Set<Holder.Account> accounts = new HashSet<>();
    List<Value> furtherNames = new ArrayList<>();
    List<Value> furtherNamespaces = new ArrayList<>();
    for (Holder holder : from.holders) {
      Holder.@Nullable Account account =
          switch (holder) {
            case Holder.Account it -> it;
            case Holder.Asker _ -> process;
            case Holder.Unknown(Kept kept) -> {
              furtherNames.add(blank("ACCOUNT", kept, "the service account whose token is in"));
              furtherNamespaces.add(
                  blank("NAMESPACE", kept, "the namespace of the account whose token is in"));
              yield null;
            }
          };
      if (account != null) {
        accounts.add(account);
        names.add(account.name());
        namespaces.add(account.namespace());
      }
    }
    if (accounts.size() < names.size() * namespaces.size()) {
      notes.add(
          "a role takes every one of these names in every one of these namespaces; stores with roles"
              + " of their own would be narrower");
    }
    settings.put("bound_service_account_names", together(names, furtherNames));
    settings.put("bound_service_account_namespaces", together(namespaces, furtherNamespaces));
    if (from.audiences.size() == 1 && !from.audiences.iterator().next().isEmpty()) {
      settings.put("audience", one(from.audiences.iterator().next().getFirst()));
    }
  }

  private static Setting together(Set<String> known, List<Value> further) {
    return new Setting.Many(
        Stream.concat(known.stream().map(Value.Known::new), further.stream()).toList());
  }

  private static Value.Blank blank(String what, Kept kept, String meaning) {
    String variable =
        (what + "_OF_" + kept.namespace() + "_" + kept.secret())
            .toUpperCase(Locale.ROOT)
            .replaceAll("[^A-Z0-9]", "_");
    return new Value.Blank(variable, meaning + " " + kept, /* needed= */ true);
  }

  private static void jwt(Gathered from, Holder.Account process, Map<String, Setting> settings) {
    settings.put("role_type", one("jwt"));
    settings.put("user_claim", one("sub"));
    List<Value> subjects = new ArrayList<>();
    for (Holder holder : from.holders) {
      subjects.add(
          switch (holder) {
            case Holder.Account account -> subject(account);
            case Holder.Asker _ -> subject(process);
            case Holder.Unknown(Kept kept) -> blank("SUBJECT", kept, "the sub of the token in");
          });
    }
    Set<String> audiences = new TreeSet<>();
    from.audiences.forEach(audiences::addAll);
    if (!audiences.isEmpty()) {
      settings.put("bound_audiences", many(audiences.stream()));
    }
    if (subjects.size() == 1) {
      settings.put("bound_subject", new Setting.One(subjects.getFirst()));
    } else {
      settings.put("bound_claims", new Setting.Claim("sub", subjects));
    }
  }

  private static Value subject(Holder.Account account) {
    return new Value.Known("system:serviceaccount:" + account.namespace() + ":" + account.name());
  }

  /** What has to be mounted, by the servers and namespaces, each once. */
  List<Mounted> mounts() {
    Map<String, Mounted> mounts = new TreeMap<>();
    for (Grant each : grants) {
      each.role()
          .ifPresent(
              role ->
                  mounts.putIfAbsent(
                      String.join(" ", each.server(), each.namespace(), role.mount()),
                      new Mounted(
                          each.server(),
                          each.namespace(),
                          role.method(),
                          role.mount(),
                          configuration(role.method()))));
    }
    return List.copyOf(mounts.values());
  }

  /**
   * A method of logging in.
   *
   * @param configuration what it has to know before anybody can log in, if anything
   */
  record Mounted(
      String server,
      String namespace,
      String method,
      String mount,
      Map<String, Value.Blank> configuration) {}

  private static Map<String, Value.Blank> configuration(String method) {
    Map<String, Value.Blank> settings = new LinkedHashMap<>();
    switch (method) {
      case "kubernetes" -> {
        settings.put(
            "kubernetes_host",
            new Value.Blank(
                "KUBERNETES_HOST", "the address of the API server, as Vault reaches it", true));
        settings.put(
            "kubernetes_ca_cert",
            new Value.Blank(
                "KUBERNETES_CA_CERT",
                "its authority, where Vault is no pod of the cluster",
                false));
        settings.put(
            "token_reviewer_jwt",
            new Value.Blank(
                "TOKEN_REVIEWER_JWT",
                "a token that may review tokens, where Vault is no pod of the cluster",
                false));
      }
      case "jwt" ->
          settings.put(
              "oidc_discovery_url",
              new Value.Blank("OIDC_DISCOVERY_URL", "the issuer of the tokens", true));
      default -> {}
    }
    return settings;
  }

  /** The servers, in the order of their addresses. */
  List<String> servers() {
    return grants.stream().map(Grant::server).distinct().sorted().toList();
  }
}
