package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.Attempt;
import dev.signet.delivery.store.JsonTree;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Turns;
import dev.signet.delivery.store.Writable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.CreateSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.ReplicaRegionType;
import software.amazon.awssdk.services.secretsmanager.model.ReplicationStatusType;
import software.amazon.awssdk.services.secretsmanager.model.Tag;

/**
 * Pushes to Secrets Manager, as upstream: only to what carries the tag {@code managed-by:
 * external-secrets}, and only what is not there already.
 *
 * <ul>
 *   <li>A property is set in the JSON that is there, which keeps all else; deleting it leaves the
 *       secret while anything is left in it.
 *   <li>Tags, replicas and the resource's policy are brought in line where the metadata speak of
 *       them, and left alone where they do not.
 * </ul>
 */
final class SecretsManagerWriting implements Writable {

  /** Upstream's, so that both create the same version. */
  private static final String FIRST = "00000000-0000-0000-0000-000000000001";

  private final SecretsManagerClient client;
  private final Calls calls;
  private final AwsConfiguration configuration;
  private final References references;
  private final Turns turns;

  SecretsManagerWriting(
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

  private String id(Remote remote) {
    return configuration.prefix() + remote.key();
  }

  private String turn(String id) {
    return configuration.who().region() + " " + id;
  }

  private static String what(String id) {
    return "key " + id;
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    PushMetadata.OfSecret wanted = PushMetadata.ofSecret(metadata);
    turns.of(turn(id(remote)), () -> Attempt.again(() -> pushOnce(remote, value, wanted)));
  }

  private void pushOnce(Remote remote, SecretBytes value, PushMetadata.OfSecret metadata)
      throws StoreException {
    String id = id(remote);
    Optional<DescribeSecretResponse> there = described(id);
    if (there.isEmpty()) {
      try (SecretBytes nothing = SecretBytes.wrap(new byte[0]);
          SecretBytes all = merged(nothing, remote, value)) {
        create(id, all, metadata);
      }
      return;
    }
    DescribeSecretResponse secret = there.get();
    Map<String, String> tags = SecretsManagerStore.tags(secret.tags());
    if (!PushMetadata.managed(tags)) {
      throw new StoreException(
          new Problem.Denied(),
          "secret not managed by external-secrets: key "
              + id
              + " of "
              + calls.identity()
              + " was not pushed from here, so it is left");
    }
    if (secret.deletedDate() != null) {
      throw new StoreException(
          new Problem.Malformed(),
          "key "
              + id
              + " of "
              + calls.identity()
              + " is marked for deletion: restore it in AWS, or wait for its recovery window");
    }
    boolean versions = secret.hasVersionIdsToStages() && !secret.versionIdsToStages().isEmpty();
    Optional<SecretBytes> current = versions ? Optional.of(current(id)) : Optional.empty();
    try (SecretBytes before = current.orElseGet(() -> SecretBytes.wrap(new byte[0]));
        SecretBytes after = merged(before, remote, value)) {
      alignTags(id, tags, metadata);
      alignPolicy(id, metadata);
      alignRegions(id, secret, metadata);
      if (current.isEmpty()) {
        put(id, after, FIRST, metadata);
      } else if (!before.matches(after)) {
        put(id, after, UUID.randomUUID().toString(), metadata);
      }
    }
  }

  private static SecretBytes merged(SecretBytes before, Remote remote, SecretBytes value)
      throws StoreException {
    return remote.property().isEmpty()
        ? value.copy()
        : new JsonPlace(remote.property(), "key " + remote.key()).set(before, value);
  }

  private Optional<DescribeSecretResponse> described(String id) throws StoreException {
    try {
      return Optional.of(
          calls.send(
              "DescribeSecret",
              what(id),
              who -> client.describeSecret(it -> it.secretId(id).overrideConfiguration(who))));
    } catch (StoreException e) {
      if (e.problem() instanceof Problem.NotFound) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Empty where it has neither text nor bytes. */
  private SecretBytes current(String id) throws StoreException {
    GetSecretValueResponse found =
        calls.send(
            "GetSecretValue",
            what(id),
            who -> client.getSecretValue(it -> it.secretId(id).overrideConfiguration(who)));
    return SecretsManagerStore.textFirst(found.secretString(), found.secretBinary())
        .orElseGet(() -> SecretBytes.wrap(new byte[0]));
  }

  /** As AWS takes it: one of both is null. */
  private record Written(@Nullable String text, @Nullable SdkBytes bytes) {}

  private Written written(String id, SecretBytes value, PushMetadata.OfSecret metadata)
      throws StoreException {
    if (value.size() == 0) {
      throw new StoreException(
          new Problem.Malformed(),
          "the value for key " + id + " is empty, and Secrets Manager keeps no such thing");
    }
    if (value.size() > AwsLimits.LARGEST_SECRET) {
      throw new StoreException(
          new Problem.Malformed(),
          "the value for key " + id + " is larger than the 64 KiB that Secrets Manager keeps");
    }
    if (!metadata.text()) {
      return new Written(null, value.with(SdkBytes::fromByteArray));
    }
    try {
      return new Written(
          value.<String, CharacterCodingException>with(
              bytes -> UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()),
          null);
    } catch (CharacterCodingException e) {
      throw new StoreException(
          new Problem.Malformed(),
          "the value for key "
              + id
              + " is not text: leave out secretPushFormat, or push it encoded");
    }
  }

  private void create(String id, SecretBytes value, PushMetadata.OfSecret metadata)
      throws StoreException {
    Written written = written(id, value, metadata);
    Optional<String> policy = policy(metadata);
    CreateSecretResponse created =
        calls.send(
            "CreateSecret",
            what(id),
            who ->
                client.createSecret(
                    it -> {
                      it.name(id)
                          .secretString(written.text())
                          .secretBinary(written.bytes())
                          .tags(tags(PushMetadata.all(metadata.tags())))
                          .description(metadata.description())
                          .clientRequestToken(FIRST)
                          .kmsKeyId(metadata.kmsKey())
                          .overrideConfiguration(who);
                      List<String> regions = metadata.regions().orElse(List.of());
                      if (!regions.isEmpty()) {
                        it.addReplicaRegions(replicas(regions, metadata.kmsKey()));
                      }
                    }));
    if (policy.isPresent()) {
      putPolicy(created.arn(), policy.get(), metadata);
    }
  }

  private static List<Tag> tags(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(each -> Tag.builder().key(each.getKey()).value(each.getValue()).build())
        .toList();
  }

  private static List<ReplicaRegionType> replicas(List<String> regions, @Nullable String kmsKey) {
    return regions.stream()
        .map(region -> ReplicaRegionType.builder().region(region).kmsKeyId(kmsKey).build())
        .toList();
  }

  private void put(String id, SecretBytes value, String version, PushMetadata.OfSecret metadata)
      throws StoreException {
    Written written = written(id, value, metadata);
    var _ =
        calls.send(
            "PutSecretValue",
            what(id),
            who ->
                client.putSecretValue(
                    it ->
                        it.secretId(id)
                            .secretString(written.text())
                            .secretBinary(written.bytes())
                            .clientRequestToken(version)
                            .overrideConfiguration(who)));
  }

  private void alignTags(String id, Map<String, String> there, PushMetadata.OfSecret metadata)
      throws StoreException {
    if (metadata.tags().isEmpty()) {
      return;
    }
    Map<String, String> wanted = PushMetadata.all(metadata.tags());
    List<String> surplus = there.keySet().stream().filter(it -> !wanted.containsKey(it)).toList();
    if (!surplus.isEmpty()) {
      var _ =
          calls.send(
              "UntagResource",
              what(id),
              who ->
                  client.untagResource(
                      it -> it.secretId(id).tagKeys(surplus).overrideConfiguration(who)));
    }
    if (!there.entrySet().containsAll(wanted.entrySet())) {
      var _ =
          calls.send(
              "TagResource",
              what(id),
              who ->
                  client.tagResource(
                      it -> it.secretId(id).tags(tags(wanted)).overrideConfiguration(who)));
    }
  }

  private Optional<String> policy(PushMetadata.OfSecret metadata) throws StoreException {
    if (metadata.policy().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new String(references.authority(metadata.policy().get().source()), UTF_8));
    } catch (MalformedObjectException e) {
      throw new StoreException(
          new Problem.Malformed(), "failed to resolve resource policy: " + e.getMessage());
    }
  }

  private void alignPolicy(String id, PushMetadata.OfSecret metadata) throws StoreException {
    Optional<String> wanted = policy(metadata);
    if (wanted.isEmpty()) {
      return;
    }
    String there =
        calls
            .send(
                "GetResourcePolicy",
                what(id),
                who -> client.getResourcePolicy(it -> it.secretId(id).overrideConfiguration(who)))
            .resourcePolicy();
    if (there == null || !tree(there).equals(tree(wanted.get())) || tree(there).isEmpty()) {
      putPolicy(id, wanted.get(), metadata);
    }
  }

  private static Optional<Map<String, @Nullable Object>> tree(String json) {
    return JsonTree.object(json.getBytes(UTF_8));
  }

  private void putPolicy(String id, String policy, PushMetadata.OfSecret metadata)
      throws StoreException {
    var _ =
        calls.send(
            "PutResourcePolicy",
            what(id),
            who ->
                client.putResourcePolicy(
                    it -> {
                      it.secretId(id).resourcePolicy(policy).overrideConfiguration(who);
                      metadata
                          .policy()
                          .flatMap(PushMetadata.Policy::blockPublic)
                          .ifPresent(it::blockPublicPolicy);
                    }));
  }

  private void alignRegions(
      String id, DescribeSecretResponse secret, PushMetadata.OfSecret metadata)
      throws StoreException {
    if (metadata.regions().isEmpty()) {
      return;
    }
    List<String> wanted = metadata.regions().get();
    List<String> there =
        secret.replicationStatus().stream().map(ReplicationStatusType::region).toList();
    List<String> surplus = new ArrayList<>(there);
    surplus.removeAll(wanted);
    removeReplicas(id, surplus);
    List<String> missing = new ArrayList<>(wanted);
    missing.removeAll(there);
    if (!missing.isEmpty()) {
      var _ =
          calls.send(
              "ReplicateSecretToRegions",
              what(id),
              who ->
                  client.replicateSecretToRegions(
                      it ->
                          it.secretId(id)
                              .addReplicaRegions(replicas(missing, secret.kmsKeyId()))
                              .overrideConfiguration(who)));
    }
  }

  private void removeReplicas(String id, List<String> regions) throws StoreException {
    if (!regions.isEmpty()) {
      var _ =
          calls.send(
              "RemoveRegionsFromReplication",
              what(id),
              who ->
                  client.removeRegionsFromReplication(
                      it ->
                          it.secretId(id)
                              .removeReplicaRegions(regions)
                              .overrideConfiguration(who)));
    }
  }

  @Override
  public boolean exists(Remote remote) throws StoreException {
    try (SecretBytes current = current(id(remote))) {
      return remote.property().isEmpty()
          || new JsonPlace(remote.property(), "key " + remote.key()).isIn(current);
    } catch (StoreException e) {
      if (e.problem() instanceof Problem.NotFound) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void delete(Remote remote) throws StoreException {
    turns.of(turn(id(remote)), () -> deleteAlone(remote));
  }

  private void deleteAlone(Remote remote) throws StoreException {
    String id = id(remote);
    Optional<DescribeSecretResponse> there = described(id);
    if (there.isEmpty()
        || there.get().deletedDate() != null
        || !PushMetadata.managed(SecretsManagerStore.tags(there.get().tags()))) {
      return;
    }
    if (!remote.property().isEmpty() && keepsRest(id, remote)) {
      return;
    }
    removeReplicas(
        id, there.get().replicationStatus().stream().map(ReplicationStatusType::region).toList());
    var _ =
        calls.send(
            "DeleteSecret",
            what(id),
            who ->
                client.deleteSecret(
                    it -> {
                      it.secretId(there.get().arn()).overrideConfiguration(who);
                      if (configuration.deletion().force()) {
                        it.forceDeleteWithoutRecovery(true);
                      }
                      if (configuration.deletion().days() > 0) {
                        it.recoveryWindowInDays((long) configuration.deletion().days());
                      }
                    }));
  }

  /** Removes the property alone where something else is left. */
  private boolean keepsRest(String id, Remote remote) throws StoreException {
    GetSecretValueResponse found =
        calls.send(
            "GetSecretValue",
            what(id),
            who -> client.getSecretValue(it -> it.secretId(id).overrideConfiguration(who)));
    boolean text = found.secretString() != null;
    try (SecretBytes before =
            SecretsManagerStore.textFirst(found.secretString(), found.secretBinary())
                .orElseGet(() -> SecretBytes.wrap(new byte[0]));
        SecretBytes rest = new JsonPlace(remote.property(), what(id)).removed(before)) {
      if (JsonPlace.isEmpty(rest)) {
        return false;
      }
      if (!rest.matches(before)) {
        put(
            id,
            rest,
            UUID.randomUUID().toString(),
            new PushMetadata.OfSecret(Map.of(), "", text, "", Optional.empty(), Optional.empty()));
      }
      return true;
    }
  }
}
