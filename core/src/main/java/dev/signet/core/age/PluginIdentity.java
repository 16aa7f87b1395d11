package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** An identity that a program of others knows, {@code AGE-PLUGIN-NAME-1…}. */
public final class PluginIdentity implements Identity {

  static final String PREFIX = "AGE-PLUGIN-";

  private final String name;
  private final SecretBytes text;
  private final Plugins plugins;

  private PluginIdentity(String name, SecretBytes text, Plugins plugins) {
    this.name = name;
    this.text = text;
    this.plugins = plugins;
  }

  static PluginIdentity parse(byte[] text, Plugins plugins) throws AgeKeyException {
    String prefix = Bech32.decode(text).prefix();
    boolean whole = prefix.startsWith(PREFIX) && prefix.endsWith("-");
    String name =
        whole && prefix.length() > PREFIX.length()
            ? prefix.substring(PREFIX.length(), prefix.length() - 1).toLowerCase(Locale.ROOT)
            : "";
    if (!PluginTalk.isName(name)) {
      throw new AgeKeyException("invalid plugin name");
    }
    return new PluginIdentity(name, SecretBytes.copyOf(text), plugins);
  }

  Optional<SecretBytes> unwrap(List<Stanza> stanzas) throws AgeException {
    try (PluginTalk talk = PluginTalk.begin(name, /* protocol= */ "identity-v1", plugins)) {
      String own = text.with(bytes -> new String(bytes, StandardCharsets.US_ASCII));
      talk.say("add-identity", own);
      for (Stanza stanza : stanzas) {
        List<String> arguments = new ArrayList<>(List.of("0", stanza.type()));
        arguments.addAll(stanza.arguments());
        talk.say("recipient-stanza", arguments, stanza.body());
      }
      talk.say("done");
      return answer(talk);
    }
  }

  private static Optional<SecretBytes> answer(PluginTalk talk) throws AgeException {
    Optional<SecretBytes> fileKey = Optional.empty();
    for (Optional<Stanza> next = talk.hear(); next.isPresent(); next = talk.hear()) {
      Stanza said = next.get();
      if (!said.type().equals("file-key")) {
        talk.say("unsupported");
        continue;
      }
      if (!said.arguments().equals(List.of("0")) || said.body().length != FileKey.SIZE) {
        throw talk.failed("malformed file-key stanza");
      }
      if (fileKey.isPresent()) {
        throw talk.failed("received duplicated file-key stanza");
      }
      fileKey = Optional.of(SecretBytes.wrap(said.body()));
      talk.say("ok");
    }
    return fileKey;
  }

  @Override
  public void close() {
    text.close();
  }

  @Override
  public String toString() {
    return "PluginIdentity[" + name + "]";
  }
}
