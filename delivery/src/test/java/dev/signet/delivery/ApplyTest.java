package dev.signet.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ApplyTest {

  private final State state = new State();
  private final Directory directory =
      new Directory(
          state, Manifests.none(), InstantSource.fixed(Instant.EPOCH), new SecureRandom());
  private final Apply apply = new Apply(directory);
  private final List<Secret> made = new ArrayList<>();

  @AfterEach
  void close() {
    state.close();
  }

  private Secret wanted(String value) {
    Material data = new Material();
    data.put(
        "k",
        new Item(
            SecretBytes.wrap(value.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
            Origin.of("s", "k")));
    Secret secret = new Secret(Metadata.named("ns", "s"), "", Optional.empty(), data);
    made.add(secret);
    return secret;
  }

  private Apply.Applied write(String value) throws ObjectsException {
    return apply.secret("ns", "s", _ -> new Apply.Decision.Write(wanted(value)));
  }

  @Test
  void itWritesOnlyWhatDiffers() throws ObjectsException {
    assertThat(write("v")).isEqualTo(new Apply.Applied.Created("1"));
    assertThat(write("v")).isEqualTo(new Apply.Applied.Unchanged("1"));
    assertThat(write("w")).isEqualTo(new Apply.Applied.Updated("2"));
    assertThat(directory.secretVersion("ns", "s")).contains("2");
    assertThat(made).allSatisfy(secret -> assertThat(secret.data().isEmpty()).isTrue());
  }

  @Test
  void whatIsRefusedIsNotTouched() throws ObjectsException {
    write("v");
    assertThat(apply.secret("ns", "s", _ -> new Apply.Decision.Refuse("Reason", "message")))
        .isEqualTo(new Apply.Applied.Refused("Reason", "message"));
    assertThat(directory.secretVersion("ns", "s")).contains("1");
  }

  @Test
  void whatNoClusterTakesIsRefusedWithItsSizeAndTheKeysToSplit() throws ObjectsException {
    write("v");
    Apply.Applied applied =
        apply.secret("ns", "s", _ -> new Apply.Decision.Write(sized(700_000, 10, 600_000, 20)));

    assertThat(applied)
        .isEqualTo(
            new Apply.Applied.Refused(
                "SecretTooLarge",
                "Secret ns/s would hold 1.24 MiB in 4 keys, and a cluster takes 1 MiB; split it into"
                    + " several Secrets, the largest keys first: k0, k2, k3"));
    assertThat(directory.secretVersion("ns", "s")).contains("1");
    assertThat(made).allSatisfy(secret -> assertThat(secret.data().isEmpty()).isTrue());
  }

  @Test
  void aMebibyteIsNotTooLargeAndOneByteMoreIs() throws ObjectsException {
    assertThat(apply.secret("ns", "s", _ -> new Apply.Decision.Write(sized(1 << 20))))
        .isInstanceOf(Apply.Applied.Created.class);
    assertThat(apply.secret("ns", "s", _ -> new Apply.Decision.Write(sized((1 << 20) + 1))))
        .isInstanceOf(Apply.Applied.Refused.class)
        .asString()
        .contains("in one key; split the value, or keep it elsewhere: k0");
  }

  private Secret sized(int... sizes) {
    Material data = new Material();
    for (int i = 0; i < sizes.length; i++) {
      data.put("k" + i, new Item(SecretBytes.wrap(new byte[sizes[i]]), Origin.of("s", "k")));
    }
    Secret secret = new Secret(Metadata.named("ns", "s"), "", Optional.empty(), data);
    made.add(secret);
    return secret;
  }

  /** Someone writes between reading and writing, so many times. */
  private Apply.Merge disturbed(int times, String theirs) {
    List<String> seen = new ArrayList<>();
    return existing -> {
      seen.add("look");
      if (seen.size() <= times) {
        try {
          apply.secret("ns", "s", _ -> new Apply.Decision.Write(wanted(theirs + seen.size())));
        } catch (ObjectsException e) {
          throw new AssertionError(e);
        }
      }
      assertThat(existing.isPresent() || seen.size() == 1).isTrue();
      return new Apply.Decision.Write(wanted("mine"));
    };
  }

  @Test
  void aConflictIsReadAndDecidedAgain() throws ObjectsException {
    assertThat(apply.secret("ns", "s", disturbed(3, "theirs")))
        .isInstanceOf(Apply.Applied.Updated.class);
    try (Secret secret = directory.secret("ns", "s").orElseThrow();
        Secret mine = wanted("mine")) {
      assertThat(secret.sameAs(mine)).isTrue();
    }
    assertThat(made.subList(0, made.size() - 1))
        .allSatisfy(secret -> assertThat(secret.data().isEmpty()).isTrue());
  }

  /** As a cache that is late says it: there is none. Reads are noted. */
  private Objects late(List<String> reads) {
    return (Objects)
        Proxy.newProxyInstance(
            Objects.class.getClassLoader(),
            new Class<?>[] {Objects.class},
            (_, method, arguments) -> {
              if (method.getName().equals("seemsToLack")) {
                return true;
              }
              if (method.getName().equals("secret")) {
                reads.add("read");
              }
              try {
                return method.invoke(directory, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void aSecretThatSeemsNotToBeThereIsCreatedWithoutAskingAndAskedForIfItIs() throws Exception {
    List<String> reads = new ArrayList<>();
    Apply unread = new Apply(late(reads));
    assertThat(unread.secret("ns", "s", _ -> new Apply.Decision.Write(wanted("v"))))
        .isInstanceOf(Apply.Applied.Created.class);
    assertThat(reads).isEmpty();

    assertThat(unread.secret("ns", "s", _ -> new Apply.Decision.Write(wanted("w"))))
        .isInstanceOf(Apply.Applied.Updated.class);
    assertThat(reads).hasSize(1);
    Apply.Merge onlyOntoOne =
        existing ->
            existing.isEmpty()
                ? new Apply.Decision.Refuse("Missing", "there is none")
                : new Apply.Decision.Write(wanted("x"));
    assertThat(unread.secret("ns", "s", onlyOntoOne)).isInstanceOf(Apply.Applied.Updated.class);
    assertThat(made).allSatisfy(secret -> assertThat(secret.data().isEmpty()).isTrue());
  }

  @Test
  void aConflictWithoutEndIsReported() {
    ObjectsException e =
        catchThrowableOfType(
            ObjectsException.class, () -> apply.secret("ns", "s", disturbed(99, "theirs")));
    assertThat(e).hasMessage("Secret ns/s changed since it was read");
    assertThat(e.problem()).isEqualTo(new Problem.Conflict());
  }

  @Test
  void aSecretThatIsDeletedMeanwhileIsMadeAgain() throws ObjectsException {
    write("v");
    List<String> looks = new ArrayList<>();
    Apply.Applied applied =
        apply.secret(
            "ns",
            "s",
            existing -> {
              if (looks.isEmpty()) {
                try {
                  directory.deleteSecret("ns", "s", existing.orElseThrow().metadata().uid());
                } catch (ObjectsException e) {
                  throw new AssertionError(e);
                }
              }
              looks.add("look");
              return new Apply.Decision.Write(wanted("w"));
            });
    assertThat(applied).isInstanceOf(Apply.Applied.Created.class);
    assertThat(looks).hasSize(2);
  }
}
