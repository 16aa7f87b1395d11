package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A conversation with a plugin (c2sp.org/age-plugin): first stanzas go there, up to {@code done};
 * then the plugin says one at a time and gets an answer to each, until it says {@code done}. What
 * it wants of the user is answered here, everything else by the caller.
 *
 * <p>Limits: {@value #MAX} bytes a stanza, {@value #MOST} stanzas.
 */
final class PluginTalk implements Closeable {

  private static final int MAX = 1 << 20;
  private static final int MOST = 10_000;
  private static final byte[] NOTHING = new byte[0];
  private static final String NAME_CHARACTERS = "+-._";

  private final String name;
  private final Plugins plugins;
  private final Plugins.Connection connection;
  private final StanzaReader reader;
  private int heard;

  private PluginTalk(String name, Plugins plugins, Plugins.Connection connection) {
    this.name = name;
    this.plugins = plugins;
    this.connection = connection;
    this.reader = new StanzaReader(connection.in(), "answer of the plugin", MAX);
  }

  static PluginTalk begin(String name, String protocol, Plugins plugins) throws AgeException {
    try {
      return new PluginTalk(name, plugins, plugins.start(name, protocol));
    } catch (IOException e) {
      throw failed(name, "couldn't start plugin: " + e.getMessage());
    }
  }

  /** What may stand in the name of a program without leading anywhere else. */
  static boolean isName(String name) {
    return !name.isEmpty()
        && name.chars()
            .allMatch(
                each ->
                    (each >= '0' && each <= '9')
                        || (each >= 'a' && each <= 'z')
                        || (each >= 'A' && each <= 'Z')
                        || NAME_CHARACTERS.indexOf(each) >= 0);
  }

  void say(String type, List<String> arguments, byte[] body) throws AgeException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    new Stanza(type, arguments, body).write(text);
    try {
      OutputStream out = connection.out();
      out.write(text.toByteArray());
      out.flush();
    } catch (IOException e) {
      throw failed("it does not listen any more");
    }
  }

  void say(String type, String... arguments) throws AgeException {
    say(type, List.of(arguments), NOTHING);
  }

  /** The next stanza that is not for the user; nothing, when the plugin is done. */
  Optional<Stanza> hear() throws AgeException {
    while (true) {
      Stanza stanza = next();
      switch (stanza.type()) {
        case "done" -> {
          return Optional.empty();
        }
        case "error" -> {
          say("ok");
          throw failed(text(stanza));
        }
        case "msg" -> {
          plugins.show(name, text(stanza));
          say("ok");
        }
        case "request-public", "request-secret" -> request(stanza);
        case "confirm" -> confirm(stanza);
        default -> {
          return Optional.of(stanza);
        }
      }
    }
  }

  private Stanza next() throws AgeException {
    if (++heard > MOST) {
      throw failed("it does not come to an end");
    }
    try {
      reader.forget();
      String line = reader.line();
      if (!line.startsWith(Stanza.ARROW)) {
        throw failed("it says something that is no stanza");
      }
      return reader.stanza(line.substring(Stanza.ARROW.length()));
    } catch (AgeException e) {
      throw e.reason() == AgeException.Reason.PLUGIN
          ? e
          : failed("it ended too early or said something malformed");
    } catch (IOException e) {
      throw failed("it cannot be heard any more");
    }
  }

  private void request(Stanza stanza) throws AgeException {
    Optional<SecretBytes> answer =
        plugins.ask(name, text(stanza), stanza.type().equals("request-secret"));
    if (answer.isEmpty()) {
      say("fail");
      return;
    }
    try (SecretBytes typed = answer.get()) {
      byte[] bytes = typed.with(byte[]::clone);
      say("ok", List.of(), bytes);
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private void confirm(Stanza stanza) throws AgeException {
    List<String> arguments = stanza.arguments();
    if (arguments.isEmpty() || arguments.size() > 2) {
      throw failed("malformed confirm stanza");
    }
    String yes = choice(arguments.getFirst());
    Optional<String> no =
        arguments.size() == 2 ? Optional.of(choice(arguments.getLast())) : Optional.empty();
    Optional<Boolean> chosen = plugins.confirm(name, text(stanza), yes, no);
    if (chosen.isEmpty()) {
      say("fail");
    } else {
      say("ok", chosen.get() ? "yes" : "no");
    }
  }

  private String choice(String argument) throws AgeException {
    return new String(
        StrictBase64.UNPADDED
            .decode(argument)
            .orElseThrow(() -> failed("malformed confirm stanza")),
        StandardCharsets.UTF_8);
  }

  private static String text(Stanza stanza) {
    return new String(stanza.body(), StandardCharsets.UTF_8);
  }

  AgeException failed(String why) {
    return failed(name, why);
  }

  private static AgeException failed(String name, String why) {
    return new AgeException(AgeException.Reason.PLUGIN, name + " plugin: " + why);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (IOException alreadyGone) {
      return;
    }
  }
}
