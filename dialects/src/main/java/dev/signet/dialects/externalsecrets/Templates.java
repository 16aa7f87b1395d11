package dev.signet.dialects.externalsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Shape;
import dev.signet.delivery.ShapeException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.template.Functions;
import dev.signet.template.Template;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Renders {@link TargetTemplate}s. What they are made of is read before, from the namespace of the
 * object that they belong to and from nowhere else; templates themselves read nothing.
 */
public final class Templates {

  static final GroupKind CONFIG_MAP = new GroupKind("", "ConfigMap");

  private final Objects objects;
  private final InstallationKey key;
  private final Template.Sources sources;

  public Templates(Objects objects, InstallationKey key, Template.Sources sources) {
    this.objects = objects;
    this.key = key;
    this.sources = sources;
  }

  /** What templates may call, here and in what stores are configured with. */
  public Functions functions() throws ObjectsException {
    return key.functions();
  }

  Template.Sources sources() {
    return sources;
  }

  /**
   * What the templates make of it. The caller closes the result.
   *
   * @param resource whose templates these are; what they refer to is in its namespace
   * @param fetched what the templates see; stays the caller's
   * @param onto what is there before the templates, which win; taken over
   */
  RenderedSecret render(Ref resource, TargetTemplate template, Material fetched, Material onto)
      throws ShapeException, ObjectsException {
    RenderedSecret result =
        new RenderedSecret(onto, "template in " + resource.kind().kind() + "/" + resource.path());
    boolean complete = false;
    try {
      TemplateEngine engine = new TemplateEngine(functions(), sources, fetched);
      Map<String, Origin> origins = origins(fetched);
      froms(resource, template, engine, origins, result);
      try {
        for (Map.Entry<String, String> each : new TreeMap<>(template.data()).entrySet()) {
          result.madeOf(TemplateUse.of(each.getValue(), origins));
          engine.values(
              texts(Map.of(each.getKey(), each.getValue())), "Data", Shape.Decoding.None, result);
        }
        engine.values(texts(template.labels()), "Labels", Shape.Decoding.None, result);
        engine.values(texts(template.annotations()), "Annotations", Shape.Decoding.None, result);
      } catch (ShapeException e) {
        throw new ShapeException("could not execute template: " + e.getMessage());
      }
      complete = true;
      return result;
    } finally {
      if (!complete) {
        result.close();
      }
    }
  }

  /**
   * The same into an object of another kind; its labels and annotations are not templates.
   *
   * <p>Upstream renders what stands in a ConfigMap or a Secret twice, so that a fetched value is
   * taken for a template; here every template is rendered once.
   */
  void render(Ref resource, TargetTemplate template, Material fetched, RenderedTree into)
      throws ShapeException, ObjectsException {
    TemplateEngine engine = new TemplateEngine(functions(), sources, fetched);
    froms(resource, template, engine, origins(fetched), into);
    try {
      engine.values(texts(template.data()), "Data", Shape.Decoding.None, into);
    } catch (ShapeException e) {
      throw new ShapeException("could not execute template: " + e.getMessage());
    }
  }

  private static Map<String, Origin> origins(Material fetched) {
    Map<String, Origin> origins = new LinkedHashMap<>();
    fetched.items().forEach((key, item) -> origins.put(key, item.origin()));
    return origins;
  }

  private void froms(
      Ref resource,
      TargetTemplate template,
      TemplateEngine engine,
      Map<String, Origin> origins,
      TemplateObject object)
      throws ShapeException, ObjectsException {
    for (TargetTemplate.From from : template.from()) {
      object.madeOf(
          from.source() instanceof TargetTemplate.Source.Literal(String text)
              ? TemplateUse.of(text, origins)
              : "");
      try {
        from(resource.namespace(), from, engine, object);
      } catch (ShapeException e) {
        throw new ShapeException("error fetching templateFrom data: " + e.getMessage());
      }
    }
  }

  private static Map<String, TemplateEngine.Text> texts(Map<String, String> templates) {
    Map<String, TemplateEngine.Text> texts = new LinkedHashMap<>();
    templates.forEach((name, text) -> texts.put(name, TemplateEngine.Text.of(text)));
    return texts;
  }

  private void from(
      String namespace, TargetTemplate.From from, TemplateEngine engine, TemplateObject object)
      throws ShapeException, ObjectsException {
    switch (from.source()) {
      case TargetTemplate.Source.Literal(String text) ->
          engine.keysAndValues(
              TemplateEngine.Text.of(text), "literal", from.target(), from.decoding(), object);
      case TargetTemplate.Source.ConfigMap source -> {
        Map<String, String> texts = configMap(namespace, source.name());
        for (TargetTemplate.Key each : source.keys()) {
          String text = texts.get(each.key());
          if (text == null) {
            throw missing("configmap", source.name(), each.key());
          }
          item(each, TemplateEngine.Text.of(text), from, engine, object);
        }
      }
      case TargetTemplate.Source.OfSecret source -> {
        Optional<Secret> found = objects.secret(namespace, source.name());
        if (found.isEmpty()) {
          throw new ShapeException("secrets \"" + source.name() + "\" not found");
        }
        try (Secret secret = found.get()) {
          for (TargetTemplate.Key each : source.keys()) {
            Optional<Item> text = secret.data().get(each.key());
            if (text.isEmpty()) {
              throw missing("secret", source.name(), each.key());
            }
            byte[] bytes = text.get().value().with(byte[]::clone);
            item(each, new TemplateEngine.Text(bytes, /* secret= */ true), from, engine, object);
          }
        }
      }
    }
  }

  private static ShapeException missing(String kind, String name, String key) {
    return new ShapeException("error in " + kind + " " + name + ": missing key " + key);
  }

  private static void item(
      TargetTemplate.Key key,
      TemplateEngine.Text text,
      TargetTemplate.From from,
      TemplateEngine engine,
      TemplateObject object)
      throws ShapeException {
    switch (key.scope()) {
      case Values -> engine.values(Map.of(key.key(), text), from.target(), from.decoding(), object);
      case KeysAndValues ->
          engine.keysAndValues(text, key.key(), from.target(), from.decoding(), object);
    }
  }

  private Map<String, String> configMap(String namespace, String name)
      throws ObjectsException, ShapeException {
    Optional<KubeObject> found = objects.get(new Ref(CONFIG_MAP, namespace, name));
    if (found.isEmpty()) {
      throw new ShapeException("configmaps \"" + name + "\" not found");
    }
    try {
      return found.get().fields().stringMap("data");
    } catch (MalformedObjectException e) {
      throw new ShapeException("configmap " + name + ": " + e.getMessage());
    }
  }
}
