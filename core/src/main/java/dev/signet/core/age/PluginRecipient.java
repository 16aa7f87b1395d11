package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A recipient that a program of others knows, {@code age1NAME1…}. */
public final class PluginRecipient implements Recipient {

  private static final String PREFIX = "age1";

  private final String name;
  private final String text;
  private final Optional<Plugins> plugins;

  private PluginRecipient(String name, String text, Optional<Plugins> plugins) {
    this.name = name;
    this.text = text;
    this.plugins = plugins;
  }

  static PluginRecipient parse(String text, Optional<Plugins> plugins) throws AgeKeyException {
    String prefix = Bech32.decode(text.getBytes(StandardCharsets.UTF_8)).prefix();
    String name = prefix.startsWith(PREFIX) ? prefix.substring(PREFIX.length()) : "";
    if (!PluginTalk.isName(name)) {
      throw new AgeKeyException("invalid plugin name");
    }
    return new PluginRecipient(name, text, plugins);
  }

  Wrapped wrap(SecretBytes fileKey) throws AgeException {
    Plugins host =
        plugins.orElseThrow(
            () ->
                new AgeException(
                    AgeException.Reason.PLUGIN, name + " plugin: plugins are not used here"));
    try (PluginTalk talk = PluginTalk.begin(name, /* protocol= */ "recipient-v1", host)) {
      talk.say("add-recipient", text);
      byte[] key = fileKey.with(byte[]::clone);
      talk.say("wrap-file-key", List.of(), key);
      Arrays.fill(key, (byte) 0);
      talk.say("extension-labels");
      talk.say("done");
      return answer(talk);
    }
  }

  private static Wrapped answer(PluginTalk talk) throws AgeException {
    List<Stanza> stanzas = new ArrayList<>();
    Optional<Set<String>> labels = Optional.empty();
    for (Optional<Stanza> next = talk.hear(); next.isPresent(); next = talk.hear()) {
      Stanza said = next.get();
      List<String> arguments = said.arguments();
      switch (said.type()) {
        case "recipient-stanza" -> {
          if (arguments.size() < 2 || !arguments.getFirst().equals("0")) {
            throw talk.failed("malformed recipient stanza");
          }
          stanzas.add(
              new Stanza(arguments.get(1), arguments.subList(2, arguments.size()), said.body()));
          talk.say("ok");
        }
        case "labels" -> {
          if (labels.isPresent()) {
            throw talk.failed("repeated labels stanza");
          }
          labels = Optional.of(new HashSet<>(arguments));
          talk.say("ok");
        }
        default -> talk.say("unsupported");
      }
    }
    if (stanzas.isEmpty()) {
      throw talk.failed("received zero recipient stanzas");
    }
    return new Wrapped(stanzas, labels.orElse(Set.of()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PluginRecipient that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** {@code age1NAME1…} */
  @Override
  public String toString() {
    return text;
  }
}
