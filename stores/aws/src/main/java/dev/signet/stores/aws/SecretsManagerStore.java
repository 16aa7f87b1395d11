package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.Batching;
import dev.signet.delivery.store.PublishedLimits;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.Searchable;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Turns;
import dev.signet.delivery.store.Writable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.APIErrorType;
import software.amazon.awssdk.services.secretsmanager.model.BatchGetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.Filter;
import software.amazon.awssdk.services.secretsmanager.model.FilterNameStringType;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretsResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.secretsmanager.model.SecretValueEntry;
import software.amazon.awssdk.services.secretsmanager.model.Tag;

/**
 * AWS Secrets Manager.
 *
 * <ul>
 *   <li>A key is a name or an ARN; a version is a stage, or {@code uuid/} and its id. Text comes
 *       before bytes. Metadata are the tags.
 *   <li>A search lists first, and then reads twenty values with one call. What the list's filters
 *       mean is looked at again here: AWS pairs no tag's name with its value. Who may not read
 *       twenty at once reads one by one.
 *   <li>Of several entries that are wanted together, parts of one value cost one call, and three
 *       values or more one for each twenty. Calls for several have a hundredth of the rate that
 *       calls for one have: two are not worth one, and who is throttled goes on one by one.
 * </ul>
 */
final class SecretsManagerStore implements SecretStore, Searchable, Batching {

  static final String PROVIDER = "AWS/SecretsManager";

  private static final String VERSION_ID = "uuid/";
  private static final int AT_ONCE = 20;
  private static final int WORTH = 3;
  private static final int PAGE = 100;
  private static final int MOST = 10_000;

  private final SecretsManagerClient client;
  private final Calls calls;
  private final AwsConfiguration configuration;
  private final References references;
  private final Turns turns;

  SecretsManagerStore(
      SecretsManagerClient client,
      Calls calls,
      AwsConfiguration configuration,
      References references,
      Turns turns) {
    this.client = client;
    this.calls = calls;
    this.configuration = configuration;
    this.references = references;
    this.turns = turns;
  }

  @Override
  public PublishedLimits limits() {
    return AwsLimits.SECRETS_MANAGER;
  }

  @Override
  public Validity validate() throws StoreException {
    calls.verify();
    return Validity.READY;
  }

  @Override
  public Optional<Writable> writing() {
    return Optional.of(new SecretsManagerWriting(client, calls, configuration, references, turns));
  }

  @Override
  public void close() {
    configuration.close();
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    String identity = calls.identity();
    if (ref.metadata()) {
      DescribeSecretResponse found = described(configuration.prefix() + ref.key());
      return new Item(
          Values.part(Values.json(tags(found.tags())), ref, identity),
          new Origin(identity, ref.key(), ref.property(), ""));
    }
    return item(ref, value(configuration.prefix() + ref.key(), ref.version()));
  }

  private Item item(RemoteRef ref, GetSecretValueResponse found) throws StoreException {
    return item(ref, found.secretString(), found.secretBinary(), found.versionId());
  }

  private Item item(RemoteRef ref, @Nullable String text, @Nullable SdkBytes bytes, String version)
      throws StoreException {
    String identity = calls.identity();
    SecretBytes whole =
        (ref.property().isEmpty() ? textFirst(text, bytes) : bytesFirst(bytes, text))
            .orElseThrow(
                () ->
                    new StoreException(
                        new Problem.Malformed(),
                        "invalid secret received. no secret string nor binary for key: "
                            + ref.key()
                            + " of "
                            + identity));
    return new Item(
        Values.part(whole, ref, identity),
        new Origin(identity, ref.key(), ref.property(), VERSION_ID + version));
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    return fields(ref, fetch(ref));
  }

  @Override
  public Material fields(RemoteRef ref, Item value) throws StoreException {
    return Values.fields(value, ref, calls.identity());
  }

  @Override
  public List<List<RemoteRef>> groups(Collection<RemoteRef> refs) {
    return Groups.of(refs, WORTH, calls.together() ? AT_ONCE : 0);
  }

  @Override
  public Material fetch(List<RemoteRef> group) throws StoreException {
    List<String> keys = Groups.keys(group);
    if (keys.size() == 1) {
      GetSecretValueResponse one =
          value(configuration.prefix() + keys.getFirst(), group.getFirst().version());
      return Values.each(group, ref -> Optional.of(item(ref, one)));
    }
    List<SecretValueEntry> several = new ArrayList<>();
    try {
      String token = null;
      do {
        BatchGetSecretValueResponse page =
            page(
                keys.stream().map(configuration.prefix()::concat).toList(),
                keys.size() + " keys",
                token);
        several.addAll(page.secretValues());
        token = page.nextToken();
      } while (token != null);
    } catch (StoreException e) {
      if (!calls.apart(e)) {
        throw e;
      }
    }
    return Values.each(
        group,
        ref -> {
          Optional<SecretValueEntry> found =
              several.stream()
                  .filter(each -> is(each, configuration.prefix() + ref.key()))
                  .findFirst();
          return found.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  item(
                      ref,
                      found.get().secretString(),
                      found.get().secretBinary(),
                      found.get().versionId()));
        });
  }

  /** An ARN may leave out the six characters that AWS ends it with. */
  private static boolean is(SecretValueEntry found, String id) {
    return id.equals(found.name()) || id.equals(found.arn()) || found.arn().startsWith(id + "-");
  }

  private BatchGetSecretValueResponse page(List<String> ids, String what, @Nullable String token)
      throws StoreException {
    return calls.send(
        "BatchGetSecretValue",
        what,
        who ->
            client.batchGetSecretValue(
                it -> it.secretIdList(ids).nextToken(token).overrideConfiguration(who)));
  }

  private DescribeSecretResponse described(String id) throws StoreException {
    return calls.send(
        "DescribeSecret",
        "key " + id,
        who -> client.describeSecret(it -> it.secretId(id).overrideConfiguration(who)));
  }

  private GetSecretValueResponse value(String id, String version) throws StoreException {
    return calls.send(
        "GetSecretValue",
        "key " + id + (version.isEmpty() ? "" : " in version " + version),
        who ->
            client.getSecretValue(
                it -> {
                  it.secretId(id).overrideConfiguration(who);
                  if (version.startsWith(VERSION_ID)) {
                    it.versionId(version.substring(VERSION_ID.length()));
                  } else {
                    it.versionStage(version.isEmpty() ? "AWSCURRENT" : version);
                  }
                }));
  }

  static Map<String, String> tags(List<Tag> tags) {
    Map<String, String> map = new TreeMap<>();
    tags.forEach(tag -> map.put(tag.key(), tag.value()));
    return map;
  }

  static Optional<SecretBytes> textFirst(@Nullable String text, @Nullable SdkBytes bytes) {
    return Optional.ofNullable(text)
        .map(it -> SecretBytes.wrap(it.getBytes(UTF_8)))
        .or(() -> Optional.ofNullable(bytes).map(it -> SecretBytes.wrap(it.asByteArray())));
  }

  private static Optional<SecretBytes> bytesFirst(@Nullable SdkBytes bytes, @Nullable String text) {
    return bytes == null
        ? textFirst(text, null)
        : Optional.of(SecretBytes.wrap(bytes.asByteArray()));
  }

  @Override
  public Material find(Search search) throws StoreException {
    if (search.tags().isEmpty() && search.name().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          "unexpected find operator: " + calls.identity() + " is searched by name or by tags");
    }
    Map<String, String> names = listed(search);
    Material found = new Material();
    boolean complete = false;
    try {
      List<String> ids = new ArrayList<>(names.keySet());
      boolean together = calls.together();
      for (int from = 0; from < ids.size(); from += AT_ONCE) {
        List<String> some = ids.subList(from, Math.min(ids.size(), from + AT_ONCE));
        if (together) {
          together = addTogether(some, found);
        }
        if (!together) {
          for (String id : some) {
            addAlone(id, names.getOrDefault(id, id), found);
          }
        }
      }
      complete = true;
      return found;
    } finally {
      if (!complete) {
        found.close();
      }
    }
  }

  /** The names of what fits, by ARN. */
  private Map<String, String> listed(Search search) throws StoreException {
    List<Filter> filters = filters(search);
    Map<String, String> names = new LinkedHashMap<>();
    String token = null;
    do {
      String from = token;
      ListSecretsResponse page =
          calls.send(
              "ListSecrets",
              "a search",
              who ->
                  client.listSecrets(
                      it ->
                          it.filters(filters)
                              .maxResults(PAGE)
                              .nextToken(from)
                              .overrideConfiguration(who)));
      for (SecretListEntry each : page.secretList()) {
        if (search.named(each.name())
            && each.name().startsWith(search.path().orElse(""))
            && tags(each.tags()).entrySet().containsAll(search.tags().entrySet())) {
          names.put(each.arn(), each.name());
        }
      }
      if (names.size() > MOST) {
        throw new StoreException(
            new Problem.Malformed(),
            "a search of "
                + calls.identity()
                + " finds more than "
                + MOST
                + " values: name a path below which to look");
      }
      token = page.nextToken();
    } while (token != null);
    return names;
  }

  private static List<Filter> filters(Search search) {
    List<Filter> filters = new ArrayList<>();
    search.path().ifPresent(path -> filters.add(filter(FilterNameStringType.NAME, path)));
    search
        .tags()
        .forEach(
            (key, value) -> {
              filters.add(filter(FilterNameStringType.TAG_KEY, key));
              filters.add(filter(FilterNameStringType.TAG_VALUE, value));
            });
    return filters;
  }

  private static Filter filter(FilterNameStringType key, String value) {
    return Filter.builder().key(key).values(value).build();
  }

  /** Whether that is allowed. */
  private boolean addTogether(List<String> ids, Material found) throws StoreException {
    String token = null;
    do {
      BatchGetSecretValueResponse page;
      try {
        page = page(ids, "a search", token);
      } catch (StoreException e) {
        if (e.problem() instanceof Problem.Denied && calls.apart(e)) {
          return false;
        }
        throw e;
      }
      for (APIErrorType error : page.errors()) {
        if (!"ResourceNotFoundException".equals(error.errorCode())) {
          throw new StoreException(
              new Problem.Denied(),
              "key "
                  + error.secretId()
                  + " of "
                  + calls.identity()
                  + ": AWS answered "
                  + error.errorCode());
        }
      }
      for (SecretValueEntry each : page.secretValues()) {
        add(
            each.name(),
            each.versionId(),
            bytesFirst(each.secretBinary(), each.secretString()),
            found);
      }
      token = page.nextToken();
    } while (token != null);
    return true;
  }

  /** What was deleted since is listed and not there. */
  private void addAlone(String id, String name, Material found) throws StoreException {
    try {
      GetSecretValueResponse each = value(id, "");
      add(name, each.versionId(), bytesFirst(each.secretBinary(), each.secretString()), found);
    } catch (StoreException e) {
      if (!(e.problem() instanceof Problem.NotFound)) {
        throw e;
      }
    }
  }

  private void add(String name, String version, Optional<SecretBytes> value, Material found) {
    value.ifPresent(
        it ->
            found.put(
                name, new Item(it, new Origin(calls.identity(), name, "", VERSION_ID + version))));
  }
}
