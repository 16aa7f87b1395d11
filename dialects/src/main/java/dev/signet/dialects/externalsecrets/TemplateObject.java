package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.ShapeException;
import org.jspecify.annotations.Nullable;

/** What templates are rendered into. */
interface TemplateObject {

  /** One rendered value. It becomes this object's, who may keep the array. */
  void put(String target, String key, byte[] value) throws ShapeException;

  /** What the values that follow are rendered from, as {@link TemplateUse} tells it. */
  default void madeOf(String used) {}

  /** A rendered YAML text, parsed, at a path. */
  void place(String path, @Nullable Object tree) throws ShapeException;
}
