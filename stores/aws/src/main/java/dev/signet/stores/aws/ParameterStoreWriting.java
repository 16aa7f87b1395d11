package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.Attempt;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Turns;
import dev.signet.delivery.store.Writable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.PutParameterRequest;
import software.amazon.awssdk.services.ssm.model.ResourceTypeForTagging;
import software.amazon.awssdk.services.ssm.model.Tag;

/**
 * Pushes to Parameter Store, as upstream: only to what carries the tag {@code managed-by:
 * external-secrets}, and only what is not there already. A parameter is one value: a property is
 * passed over. Tags are brought in line where the metadata name some.
 */
final class ParameterStoreWriting implements Writable {

  /** What AWS shows of a value to who may not see it. */
  private static final String HIDDEN = "sensitive";

  private final SsmClient client;
  private final Calls calls;
  private final AwsConfiguration configuration;
  private final Turns turns;

  ParameterStoreWriting(
      SsmClient client, Calls calls, AwsConfiguration configuration, Turns turns) {
    this.client = client;
    this.calls = calls;
    this.configuration = configuration;
    this.turns = turns;
  }

  private String name(Remote remote) {
    return configuration.prefix() + remote.key();
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    push(name(remote), value, PushMetadata.ofParameter(metadata));
  }

  /** All of a Secret is a map whose values are Base64, unless its metadata say otherwise. */
  @Override
  public void push(
      Remote remote, SecretBytes value, Source source, Map<String, @Nullable Object> metadata)
      throws StoreException {
    PushMetadata.OfParameter wanted = PushMetadata.ofParameter(metadata);
    if (!source.key().isEmpty() || wanted.decoded()) {
      push(name(remote), value, wanted);
      return;
    }
    Map<String, SecretBytes> encoded = new TreeMap<>();
    source
        .whole()
        .items()
        .forEach(
            (key, item) ->
                encoded.put(
                    key,
                    item.value()
                        .with(bytes -> SecretBytes.wrap(Base64.getEncoder().encode(bytes)))));
    try (SecretBytes whole = JsonText.object(encoded)) {
      push(name(remote), whole, wanted);
    } finally {
      encoded.values().forEach(SecretBytes::close);
    }
  }

  private void push(String name, SecretBytes value, PushMetadata.OfParameter metadata)
      throws StoreException {
    String text = text(name, value, metadata);
    turns.of(
        configuration.who().region() + " " + name,
        () -> Attempt.again(() -> pushOnce(name, text, metadata)));
  }

  private static String text(String name, SecretBytes value, PushMetadata.OfParameter metadata)
      throws StoreException {
    if (value.size() == 0) {
      throw new StoreException(
          new Problem.Malformed(),
          "the value for parameter " + name + " is empty, and Parameter Store keeps no such thing");
    }
    long most =
        metadata.tier().isEmpty() ? AwsLimits.LARGEST_PARAMETER : AwsLimits.LARGEST_ADVANCED;
    if (value.size() > most) {
      throw new StoreException(
          new Problem.Malformed(),
          "the value for parameter "
              + name
              + " is larger than the "
              + most / 1024
              + " KiB that its tier allows"
              + (metadata.tier().isEmpty() ? ": tier Advanced allows 8" : ""));
    }
    try {
      return value.<String, CharacterCodingException>with(
          bytes -> UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new StoreException(
          new Problem.Malformed(),
          "the value for parameter "
              + name
              + " is not text, and Parameter Store keeps nothing else: push it encoded, with a"
              + " template that has b64enc");
    }
  }

  private void pushOnce(String name, String text, PushMetadata.OfParameter metadata)
      throws StoreException {
    Optional<Parameter> there = parameter(name, /* decrypted= */ true);
    if (there.isEmpty()) {
      put(name, text, metadata, /* fresh= */ true);
      return;
    }
    Map<String, String> tags = ParameterStore.tags(calls, client, name);
    if (!PushMetadata.managed(tags)) {
      throw new StoreException(
          new Problem.Denied(),
          "secret not managed by external-secrets: parameter "
              + name
              + " of "
              + calls.identity()
              + " was not pushed from here, so it is left");
    }
    String before = there.get().value();
    if (HIDDEN.equals(before)) {
      throw new StoreException(
          new Problem.Denied(),
          "unable to compare 'sensitive' result of parameter "
              + name
              + " of "
              + calls.identity()
              + ": who asks may not decrypt it");
    }
    boolean otherType =
        !metadata.type().isEmpty() && !metadata.type().equals(there.get().typeAsString());
    if (otherType || !text.equals(before)) {
      put(name, text, metadata, /* fresh= */ false);
    }
    alignTags(name, tags, metadata);
  }

  private Optional<Parameter> parameter(String name, boolean decrypted) throws StoreException {
    try {
      return Optional.of(
          calls
              .send(
                  "GetParameter",
                  "parameter " + name,
                  who ->
                      client.getParameter(
                          it -> it.name(name).withDecryption(decrypted).overrideConfiguration(who)))
              .parameter());
    } catch (StoreException e) {
      if (e.problem() instanceof Problem.NotFound) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Of one that is there AWS takes no tags along with the value. */
  private void put(String name, String text, PushMetadata.OfParameter metadata, boolean fresh)
      throws StoreException {
    String type = metadata.type().isEmpty() ? "String" : metadata.type();
    PutParameterRequest.Builder request =
        PutParameterRequest.builder()
            .name(name)
            .value(text)
            .type(type)
            .description(metadata.description())
            .overwrite(!fresh);
    if (fresh) {
      request.tags(tags(PushMetadata.all(metadata.tags())));
    }
    if (type.equals("SecureString")) {
      request.keyId(metadata.kmsKey());
    }
    if (!metadata.tier().isEmpty()) {
      request.tier(metadata.tier());
      if (!metadata.policies().isEmpty()) {
        request.policies(metadata.policies());
      }
    }
    var _ =
        calls.send(
            "PutParameter",
            "parameter " + name,
            who -> client.putParameter(request.overrideConfiguration(who).build()));
  }

  private static List<Tag> tags(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(each -> Tag.builder().key(each.getKey()).value(each.getValue()).build())
        .toList();
  }

  private void alignTags(String name, Map<String, String> there, PushMetadata.OfParameter metadata)
      throws StoreException {
    if (metadata.tags().isEmpty()) {
      return;
    }
    Map<String, String> wanted = PushMetadata.all(metadata.tags());
    List<String> surplus = there.keySet().stream().filter(it -> !wanted.containsKey(it)).toList();
    if (!surplus.isEmpty()) {
      var _ =
          calls.send(
              "RemoveTagsFromResource",
              "parameter " + name,
              who ->
                  client.removeTagsFromResource(
                      it ->
                          it.resourceType(ResourceTypeForTagging.PARAMETER)
                              .resourceId(name)
                              .tagKeys(surplus)
                              .overrideConfiguration(who)));
    }
    if (!there.entrySet().containsAll(wanted.entrySet())) {
      var _ =
          calls.send(
              "AddTagsToResource",
              "parameter " + name,
              who ->
                  client.addTagsToResource(
                      it ->
                          it.resourceType(ResourceTypeForTagging.PARAMETER)
                              .resourceId(name)
                              .tags(tags(wanted))
                              .overrideConfiguration(who)));
    }
  }

  @Override
  public boolean exists(Remote remote) throws StoreException {
    return parameter(name(remote), /* decrypted= */ false).isPresent();
  }

  @Override
  public void delete(Remote remote) throws StoreException {
    String name = name(remote);
    turns.of(configuration.who().region() + " " + name, () -> deleteAlone(name));
  }

  private void deleteAlone(String name) throws StoreException {
    try {
      if (!PushMetadata.managed(ParameterStore.tags(calls, client, name))) {
        return;
      }
      var _ =
          calls.send(
              "DeleteParameter",
              "parameter " + name,
              who -> client.deleteParameter(it -> it.name(name).overrideConfiguration(who)));
    } catch (StoreException e) {
      if (!(e.problem() instanceof Problem.NotFound)) {
        throw e;
      }
    }
  }
}
