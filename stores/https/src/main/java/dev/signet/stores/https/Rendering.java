package dev.signet.stores.https;

import dev.signet.delivery.ObjectsException;
import dev.signet.template.Functions;
import dev.signet.template.Template;

/**
 * What templates in a store's configuration may call, and what they draw on.
 *
 * @param functions asked for before each rendering
 */
public record Rendering(Source functions, Template.Sources sources) {

  /** Where the functions come from, which may have to read a key first. */
  @FunctionalInterface
  public interface Source {
    Functions functions() throws ObjectsException;
  }
}
