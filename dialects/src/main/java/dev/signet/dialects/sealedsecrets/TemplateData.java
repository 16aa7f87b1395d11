package dev.signet.dialects.sealedsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.dialects.sealedsecrets.UnsealException.Reason;
import dev.signet.template.Functions;
import dev.signet.template.Limits;
import dev.signet.template.Options;
import dev.signet.template.Template;
import dev.signet.template.TemplateException;
import dev.signet.template.Value;
import dev.signet.template.sprig.Sprig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Renders {@code spec.template.data} as Sealed Secrets 0.40.0 does (function {@code unseal} of its
 * {@code sealedsecret_expansion.go}).
 *
 * <ul>
 *   <li>Each text is a template of its own, named as its key, with Sprig's functions except {@code
 *       env}, {@code expandenv} and {@code getHostByName}, and Go's default for keys that are
 *       missing.
 *   <li>The dot is a {@code map[string]string} of the opened items, and of the other texts as they
 *       are written: they see each other's source, not each other's result.
 *   <li>A result is delivered under its key, unless an item was sealed under that key: that wins,
 *       but the template is rendered all the same, and its error counts.
 *   <li>A null removes the item of its key from the Secret; templates still see it.
 * </ul>
 *
 * <p>Errors end up in conditions, events and on terminals, and must not show a value. Errors of
 * parsing quote the manifest only. Of an error in execution, {@link
 * TemplateException#messageWithoutValues} is shown: place, action and function, without what the
 * function said. It is shown whole where rendering again with every opened item empty ends with the
 * same error, because then no value can have gone into it: {@code fail "set a user"} keeps its
 * text, {@code fail .password} does not.
 *
 * <p>What templates of strangers may cost is bounded: {@link Limits#DEFAULT} for each, and for all
 * of one object together the same output again and twice the time. Upstream has no such bound.
 */
final class TemplateData {

  private static final Functions FUNCTIONS =
      Sprig.functions().without("env", "expandenv", "getHostByName");
  private static final Limits LIMITS = Limits.DEFAULT;
  private static final Duration TIME = LIMITS.time().multipliedBy(2);

  private final Map<String, Optional<String>> texts;
  private final Template.Sources sources;

  TemplateData(Map<String, Optional<String>> texts, Template.Sources sources) {
    this.texts = texts;
    this.sources = sources;
  }

  /**
   * The results of all texts that hold actions. With errors noted before, the texts are parsed, so
   * that theirs are named too, but not rendered: what they would miss is not their fault.
   */
  Material render(Material opened, ItemErrors errors) {
    boolean allOpen = errors.isEmpty();
    Map<String, Template> templates = parse(errors);
    return allOpen ? render(templates, opened, errors) : new Material();
  }

  private Map<String, Template> parse(ItemErrors errors) {
    Map<String, Template> templates = new LinkedHashMap<>();
    texts.forEach(
        (key, text) -> {
          if (text.isPresent() && Unsealing.hasActions(text.get())) {
            try {
              templates.put(key, Template.parse(key, text.get(), FUNCTIONS, Options.DEFAULT));
            } catch (TemplateException e) {
              errors.add(Reason.TEMPLATE, e.messageWithoutValues(), key);
            }
          }
        });
    return templates;
  }

  private Material render(Map<String, Template> templates, Material opened, ItemErrors errors) {
    Value data = data(opened, /* empty= */ false);
    Material results = new Material();
    long start = System.nanoTime();
    long size = 0;
    for (Map.Entry<String, Template> entry : templates.entrySet()) {
      String key = entry.getKey();
      if (System.nanoTime() - start > TIME.toNanos()) {
        errors.add(Reason.TEMPLATE, "limit exceeded: time of all templates (" + TIME + ")", key);
        break;
      }
      try {
        byte[] output = entry.getValue().execute(data, LIMITS, sources);
        size += output.length;
        results.put(key, new Item(SecretBytes.wrap(output), Origin.of(Unsealing.TEXTS, key)));
      } catch (TemplateException e) {
        errors.add(Reason.TEMPLATE, message(entry.getValue(), opened, e), key);
      }
      if (size > LIMITS.output()) {
        String limit = "limit exceeded: output of all templates (" + LIMITS.output() + " bytes)";
        errors.add(Reason.TEMPLATE, limit, key);
        break;
      }
    }
    return results;
  }

  private String message(Template template, Material opened, TemplateException failure) {
    if (failure.limit().isPresent()) {
      return failure.messageWithoutValues();
    }
    try {
      template.execute(data(opened, /* empty= */ true), LIMITS, sources);
    } catch (TemplateException again) {
      if (Arrays.equals(again.bytes(), failure.bytes())) {
        return String.valueOf(again.getMessage());
      }
    }
    return failure.messageWithoutValues();
  }

  /**
   * What the templates see.
   *
   * @param empty whether the opened items are given without their values
   */
  private Value data(Material opened, boolean empty) {
    Map<String, byte[]> data = new TreeMap<>();
    texts.forEach(
        (key, text) -> text.ifPresent(t -> data.put(key, t.getBytes(StandardCharsets.UTF_8))));
    for (Map.Entry<String, Item> entry : opened.items().entrySet()) {
      data.put(entry.getKey(), empty ? new byte[0] : entry.getValue().value().with(byte[]::clone));
    }
    Value value = Value.stringMap(data);
    data.values().forEach(copy -> Arrays.fill(copy, (byte) 0));
    return value;
  }
}
