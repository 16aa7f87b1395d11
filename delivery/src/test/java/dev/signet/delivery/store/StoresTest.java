package dev.signet.delivery.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.delivery.Problem;
import dev.signet.delivery.Trees;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StoresTest {

  private static Fields configuration(String yaml) {
    return Fields.of(Trees.of(yaml), "spec.provider.p");
  }

  private static RemoteRef ref(String key) {
    return new RemoteRef(key, "", "");
  }

  private static String text(Item item) {
    try (var value = item.value()) {
      return value.with(bytes -> new String(bytes, UTF_8));
    }
  }

  private static StoreException failure(SecretStore store, RemoteRef ref) {
    return catchThrowableOfType(StoreException.class, () -> store.fetch(ref));
  }

  private static SecretStore fake(String yaml) throws MalformedObjectException, StoreException {
    return FakeStore.provider().open("SecretStore/ns/fake", configuration(yaml), References.NONE);
  }

  @Nested
  final class Fake {

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            db    | ''  | current
            db    | v1  | old
            other | v1  | of other
            empty | ''  | ''
            """)
    void aValueIsFoundByKeyAndVersion(String key, String version, String value) throws Exception {
      try (SecretStore store =
          fake(
              """
              data:
              - {key: db, value: current}
              - {key: db, value: old, version: v1}
              - {key: other, value: 'of other', version: v1}
              - {key: empty}
              """)) {
        Item item = store.fetch(new RemoteRef(key, "", version));
        assertThat(item.origin()).isEqualTo(new Origin("SecretStore/ns/fake", key, "", version));
        assertThat(text(item)).isEqualTo(value == null ? "" : value);
      }
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            other | ''  | SecretStore/ns/fake has no key other
            db    | v2  | SecretStore/ns/fake has no key db in version v2
            """)
    void whatIsNotThereIsNotFound(String key, String version, String message) throws Exception {
      StoreException e =
          failure(fake("data: [{key: db, value: v}]"), new RemoteRef(key, "", version));
      assertThat(e).hasMessage(message);
      assertThat(e.problem()).isEqualTo(new Problem.NotFound());
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            {data: [{value: v}]}                 | spec.provider.p.data[0].key is required
            {data: [{key: k, value: 1}]}         | spec.provider.p.data[0].value must be a string, not a whole number
            {data: [{key: k, valueMap: {a: b}}]} | this version does not understand spec.provider.p.data[0].valueMap; nothing was delivered
            {other: 1}                           | this version does not understand spec.provider.p.other; nothing was delivered
            """)
    void whatIsNotUnderstoodIsRefused(String yaml, String message) {
      assertThatThrownBy(() -> fake(yaml))
          .isInstanceOf(MalformedObjectException.class)
          .hasMessage(message);
    }
  }

  @Nested
  final class Properties {

    private static final String VALUE =
        "data: [{key: db, value: '{\"user\": \"u\", \"pool\": {\"max\": 10, \"hosts\": [\"a\","
            + " \"b\"]}, \"none\": null}'}]";

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '~',
        textBlock =
            """
            user              | u
            pool              | {"max": 10, "hosts": ["a", "b"]}
            pool.max          | 10
            pool.hosts        | ["a", "b"]
            pool.hosts.1      | b
            pool.hosts.#      | 2
            pool.h*.0         | a
            pool.hosts.@reverse.0 | b
            none              | ~~
            """)
    void aPropertyIsAGjsonPath(String property, String value) throws Exception {
      Item item = fake(VALUE).fetch(new RemoteRef("db", property, ""));
      assertThat(item.origin().property()).isEqualTo(property);
      assertThat(text(item)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '~',
        textBlock =
            """
            port         | property port does not exist in key db of SecretStore/ns/fake
            pool.min     | property pool.min does not exist in key db of SecretStore/ns/fake
            user.name    | property user.name does not exist in key db of SecretStore/ns/fake
            pool.hosts.2 | property pool.hosts.2 does not exist in key db of SecretStore/ns/fake
            """)
    void aPropertyThatIsNotThereIsAnError(String property, String message) throws Exception {
      StoreException e = failure(fake(VALUE), new RemoteRef("db", property, ""));
      assertThat(e.problem()).isEqualTo(new Problem.NotFound());
      assertThat(e).hasMessage(message);
    }

    @Test
    void allFieldsBecomeAMap() throws Exception {
      try (Material map = fake(VALUE).fetchMap(ref("db"))) {
        assertThat(map.items().keySet()).containsExactly("user", "pool", "none");
        assertThat(map.get("pool").map(Item::origin))
            .contains(new Origin("SecretStore/ns/fake", "db", "pool", ""));
      }
      try (Material map = fake(VALUE).fetchMap(new RemoteRef("db", "pool", ""))) {
        assertThat(map.items().keySet()).containsExactly("max", "hosts");
      }
    }

    @Test
    void aMessageNeverHoldsTheValue() throws Exception {
      SecretStore store = fake("data: [{key: db, value: 'hunter2 is no JSON'}]");
      assertThatThrownBy(() -> store.fetchMap(ref("db")))
          .hasMessage("key db of SecretStore/ns/fake does not hold a JSON object")
          .hasNoCause();
    }
  }

  @Nested
  final class Folder {

    @TempDir Path root;

    private Path folder() {
      return root.resolve("secrets");
    }

    @BeforeEach
    void files() throws IOException {
      Path folder = folder();
      Files.createDirectories(folder.resolve("sub"));
      Files.write(folder.resolve("plain"), new byte[] {0, (byte) 0xff, '\n'});
      Files.writeString(folder.resolve("sub/deep"), "deep");
      Files.writeString(root.resolve("outside"), "outside");
    }

    private SecretStore open(String path) throws MalformedObjectException, StoreException {
      return FolderStore.provider(root)
          .open("SecretStore/ns/files", configuration("{path: '" + path + "'}"), References.NONE);
    }

    @Test
    void aValueIsTheBytesOfItsFile() throws Exception {
      Item item = open("secrets").fetch(ref("plain"));
      assertThat(item.value().<byte[], RuntimeException>with(byte[]::clone))
          .containsExactly(0, 0xff, '\n');
      assertThat(item.origin()).isEqualTo(Origin.of("SecretStore/ns/files", "plain"));
      assertThat(text(open(folder().toString()).fetch(ref("sub/deep")))).isEqualTo("deep");
      assertThat(text(open("secrets").fetch(ref("sub/../sub/deep")))).isEqualTo("deep");
    }

    @Test
    void aLinkMayStayInTheFolder() throws Exception {
      Files.createSymbolicLink(folder().resolve("inner"), Path.of("sub/deep"));
      Files.createSymbolicLink(root.resolve("link"), folder());
      assertThat(text(open("link").fetch(ref("inner")))).isEqualTo("deep");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            ../outside       | Denied    | key ../outside leads out of the folder of SecretStore/ns/files
            ../nowhere       | Denied    | key ../nowhere leads out of the folder of SecretStore/ns/files
            sub/../../outside| Denied    | key sub/../../outside leads out of the folder of SecretStore/ns/files
            /etc/hostname    | Denied    | key /etc/hostname leads out of the folder of SecretStore/ns/files
            ''               | Denied    | key  leads out of the folder of SecretStore/ns/files
            .                | Denied    | key . leads out of the folder of SecretStore/ns/files
            escape           | Denied    | key escape leads out of the folder of SecretStore/ns/files
            escapes/outside  | Denied    | key escapes/outside leads out of the folder of SecretStore/ns/files
            sub              | Malformed | key sub of SecretStore/ns/files is not a file
            nowhere          | NotFound  | SecretStore/ns/files has no key nowhere
            dangling         | NotFound  | SecretStore/ns/files has no key dangling
            large            | Malformed | key large of SecretStore/ns/files is larger than a Secret can be (1 MiB)
            """)
    void aKeyCannotLeaveTheFolder(String key, String problem, String message) throws Exception {
      Files.createSymbolicLink(folder().resolve("escape"), root.resolve("outside"));
      Files.createSymbolicLink(folder().resolve("escapes"), root);
      Files.createSymbolicLink(folder().resolve("dangling"), folder().resolve("gone"));
      Files.write(folder().resolve("large"), new byte[(1 << 20) + 1]);
      StoreException e = failure(open("secrets"), ref(key));
      assertThat(e).hasMessage(message);
      assertThat(e.problem().getClass().getSimpleName()).isEqualTo(problem);
    }

    @Test
    void odditiesInKeysAreErrors() throws Exception {
      assertThat(failure(open("secrets"), ref("a\0b"))).hasMessageContaining("cannot be read");
      assertThat(failure(open("secrets"), ref("plain/below")).problem())
          .isEqualTo(new Problem.NotFound());
      assertThat(failure(open("secrets"), new RemoteRef("plain", "", "v1")))
          .hasMessage("SecretStore/ns/files keeps no versions, but one is asked for plain");
    }

    @Test
    void aValueAsLargeAsASecretIsRead() throws Exception {
      Files.write(folder().resolve("large"), new byte[1 << 20]);
      assertThat(open("secrets").fetch(ref("large")).value().size()).isEqualTo(1 << 20);
    }

    @ParameterizedTest
    @CsvSource({"gone", "outside"})
    void aFolderThatIsNotThereIsUnreachable(String path) {
      StoreException e = catchThrowableOfType(StoreException.class, () -> open(path));
      assertThat(e).hasMessage("SecretStore/ns/files cannot open its folder " + path);
      assertThat(e.problem()).isEqualTo(new Problem.Unreachable());
    }

    @Test
    void whatIsNotUnderstoodIsRefused() {
      StoreProvider provider = FolderStore.provider(root);
      assertThatThrownBy(
              () ->
                  provider.open("s", configuration("{path: secrets, glob: '*'}"), References.NONE))
          .isInstanceOf(MalformedObjectException.class)
          .hasMessageContaining("spec.provider.p.glob");
      assertThatThrownBy(() -> provider.open("s", configuration("{}"), References.NONE))
          .hasMessage("spec.provider.p.path is required");
    }
  }
}
