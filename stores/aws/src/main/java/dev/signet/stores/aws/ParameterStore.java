package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.Batching;
import dev.signet.delivery.store.PublishedLimits;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.Searchable;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Turns;
import dev.signet.delivery.store.Writable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.DescribeParametersResponse;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterMetadata;
import software.amazon.awssdk.services.ssm.model.ParameterStringFilter;
import software.amazon.awssdk.services.ssm.model.ResourceTypeForTagging;
import software.amazon.awssdk.services.ssm.model.Tag;

/**
 * Parameter Store of AWS Systems Manager.
 *
 * <ul>
 *   <li>A key is a name or an ARN, a version its number or a label. Metadata are the tags.
 *   <li>A search by name reads ten values with each page below its path. Who may not do that, and a
 *       search by tags, lists names first and reads ten of them with one call; who may not read ten
 *       at once reads one by one.
 *   <li>Of several entries that are wanted together, parts of one value cost one call, and current
 *       values one for each ten.
 * </ul>
 */
final class ParameterStore implements SecretStore, Searchable, Batching {

  static final String PROVIDER = "AWS/ParameterStore";

  private static final int AT_ONCE = 10;
  private static final int PAGE = 50;
  private static final int MOST = 10_000;

  private final SsmClient client;
  private final Calls calls;
  private final AwsConfiguration configuration;
  private final Turns turns;

  ParameterStore(SsmClient client, Calls calls, AwsConfiguration configuration, Turns turns) {
    this.client = client;
    this.calls = calls;
    this.configuration = configuration;
    this.turns = turns;
  }

  @Override
  public PublishedLimits limits() {
    return AwsLimits.PARAMETER_STORE;
  }

  @Override
  public Validity validate() throws StoreException {
    calls.verify();
    return Validity.READY;
  }

  @Override
  public Optional<Writable> writing() {
    return Optional.of(new ParameterStoreWriting(client, calls, configuration, turns));
  }

  @Override
  public void close() {
    configuration.close();
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    String identity = calls.identity();
    String name = configuration.prefix() + ref.key();
    if (ref.metadata()) {
      return new Item(
          Values.part(Values.json(tags(calls, client, name)), ref, identity),
          new Origin(identity, ref.key(), ref.property(), ""));
    }
    return item(ref, parameter(name, ref.version()));
  }

  private Item item(RemoteRef ref, Parameter found) throws StoreException {
    String identity = calls.identity();
    return new Item(
        Values.part(SecretBytes.wrap(found.value().getBytes(UTF_8)), ref, identity),
        new Origin(identity, ref.key(), ref.property(), String.valueOf(found.version())));
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
    return Groups.of(refs, 2, calls.together() ? AT_ONCE : 0);
  }

  @Override
  public Material fetch(List<RemoteRef> group) throws StoreException {
    List<String> keys = Groups.keys(group);
    if (keys.size() == 1) {
      Parameter one =
          parameter(configuration.prefix() + keys.getFirst(), group.getFirst().version());
      return Values.each(group, ref -> Optional.of(item(ref, one)));
    }
    List<Parameter> several;
    try {
      several =
          parameters(
              keys.stream().map(configuration.prefix()::concat).toList(), keys.size() + " keys");
    } catch (StoreException e) {
      if (!calls.apart(e)) {
        throw e;
      }
      several = List.of();
    }
    List<Parameter> found = several;
    return Values.each(
        group,
        ref -> {
          String name = configuration.prefix() + ref.key();
          Optional<Parameter> its =
              found.stream()
                  .filter(each -> name.equals(each.name()) || name.equals(each.arn()))
                  .findFirst();
          return its.isEmpty() ? Optional.empty() : Optional.of(item(ref, its.get()));
        });
  }

  private List<Parameter> parameters(List<String> names, String what) throws StoreException {
    return calls
        .send(
            "GetParameters",
            what,
            who ->
                client.getParameters(
                    it -> it.names(names).withDecryption(true).overrideConfiguration(who)))
        .parameters();
  }

  private Parameter parameter(String key, String version) throws StoreException {
    String name = version.isEmpty() ? key : key + ":" + version;
    return calls
        .send(
            "GetParameter",
            "parameter " + name,
            who ->
                client.getParameter(
                    it -> it.name(name).withDecryption(true).overrideConfiguration(who)))
        .parameter();
  }

  static Map<String, String> tags(Calls calls, SsmClient client, String name)
      throws StoreException {
    Map<String, String> tags = new TreeMap<>();
    for (Tag tag :
        calls
            .send(
                "ListTagsForResource",
                "parameter " + name,
                who ->
                    client.listTagsForResource(
                        it ->
                            it.resourceType(ResourceTypeForTagging.PARAMETER)
                                .resourceId(name)
                                .overrideConfiguration(who)))
            .tagList()) {
      tags.put(tag.key(), tag.value());
    }
    return tags;
  }

  @Override
  public Material find(Search search) throws StoreException {
    if (search.tags().isEmpty() && search.name().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          "unexpected find operator: " + calls.identity() + " is searched by name or by tags");
    }
    Material found = new Material();
    boolean complete = false;
    try {
      if (!search.tags().isEmpty() || !addBelow(search, found)) {
        addAll(listed(search), found);
      }
      complete = true;
      return found;
    } finally {
      if (!complete) {
        found.close();
      }
    }
  }

  /** Whether that is allowed. */
  private boolean addBelow(Search search, Material found) throws StoreException {
    String path = search.path().orElse("/");
    String token = null;
    do {
      String from = token;
      GetParametersByPathResponse page;
      try {
        page =
            calls.send(
                "GetParametersByPath",
                "path " + path,
                who ->
                    client.getParametersByPath(
                        it ->
                            it.path(path)
                                .recursive(true)
                                .withDecryption(true)
                                .maxResults(AT_ONCE)
                                .nextToken(from)
                                .overrideConfiguration(who)));
      } catch (StoreException e) {
        if (e.problem() instanceof Problem.Denied) {
          return false;
        }
        throw e;
      }
      for (Parameter each : page.parameters()) {
        if (search.named(each.name())) {
          add(each, found);
        }
      }
      refuseTooMany(found.items().size());
      token = page.nextToken();
    } while (token != null);
    return true;
  }

  private void refuseTooMany(int count) throws StoreException {
    if (count > MOST) {
      throw new StoreException(
          new Problem.Malformed(),
          "a search of "
              + calls.identity()
              + " finds more than "
              + MOST
              + " values: name a path below which to look");
    }
  }

  private List<String> listed(Search search) throws StoreException {
    List<ParameterStringFilter> filters = new ArrayList<>();
    search.tags().forEach((key, value) -> filters.add(filter("tag:" + key, "Equals", value)));
    search.path().ifPresent(path -> filters.add(filter("Path", "Recursive", path)));
    List<String> names = new ArrayList<>();
    String token = null;
    do {
      String from = token;
      DescribeParametersResponse page =
          calls.send(
              "DescribeParameter",
              "a search",
              who ->
                  client.describeParameters(
                      it ->
                          it.parameterFilters(filters)
                              .maxResults(PAGE)
                              .nextToken(from)
                              .overrideConfiguration(who)));
      for (ParameterMetadata each : page.parameters()) {
        if (search.named(each.name())) {
          names.add(each.name());
        }
      }
      refuseTooMany(names.size());
      token = page.nextToken();
    } while (token != null);
    return names;
  }

  private static ParameterStringFilter filter(String key, String option, String value) {
    return ParameterStringFilter.builder().key(key).option(option).values(value).build();
  }

  private void addAll(List<String> names, Material found) throws StoreException {
    boolean together = calls.together();
    for (int from = 0; from < names.size(); from += AT_ONCE) {
      List<String> some = names.subList(from, Math.min(names.size(), from + AT_ONCE));
      if (together) {
        together = addTogether(some, found);
      }
      if (!together) {
        for (String name : some) {
          addAlone(name, found);
        }
      }
    }
  }

  /** Whether that is allowed. What was deleted since is among those that AWS calls invalid. */
  private boolean addTogether(List<String> names, Material found) throws StoreException {
    try {
      parameters(names, "a search").forEach(each -> add(each, found));
      return true;
    } catch (StoreException e) {
      if (e.problem() instanceof Problem.Denied && calls.apart(e)) {
        return false;
      }
      throw e;
    }
  }

  private void addAlone(String name, Material found) throws StoreException {
    try {
      add(parameter(name, ""), found);
    } catch (StoreException e) {
      if (!(e.problem() instanceof Problem.NotFound)) {
        throw e;
      }
    }
  }

  private void add(Parameter each, Material found) {
    found.put(
        each.name(),
        new Item(
            SecretBytes.wrap(each.value().getBytes(UTF_8)),
            new Origin(calls.identity(), each.name(), "", String.valueOf(each.version()))));
  }
}
