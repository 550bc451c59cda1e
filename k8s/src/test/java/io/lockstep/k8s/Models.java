package io.lockstep.k8s;

import io.fabric8.kubernetes.api.model.KubernetesResource;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** fabric8's models as trees. */
final class Models {
  private static final String PACKAGE = "io.fabric8.kubernetes.api.model.";

  private Models() {}

  /** Calls the visitor with every model object in another, itself first, and its path. */
  static void visit(KubernetesResource root, BiConsumer<String, Object> visitor) {
    visit("", root, visitor);
  }

  private static void visit(
      String path, @Nullable Object value, BiConsumer<String, Object> visitor) {
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        visit(path + "[" + i + "]", list.get(i), visitor);
      }
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, entry) -> visit(path + "." + key, entry, visitor));
    } else if (value != null && value.getClass().getName().startsWith(PACKAGE)) {
      visitor.accept(path, value);
      fields(value).forEach((name, field) -> visit(path + "." + name, field, visitor));
    }
  }

  /** The names of the fields that a model object was given and does not know. */
  static Set<?> unknown(Object model) {
    Object unknown = fields(model).get("additionalProperties");
    return unknown instanceof Map<?, ?> map ? map.keySet() : Set.of();
  }

  /** A model object's own fields by name; those that are not set are null. */
  static Map<String, @Nullable Object> fields(Object model) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (Field field : model.getClass().getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        fields.put(field.getName(), value(model, field));
      }
    }
    return fields;
  }

  private static @Nullable Object value(Object model, Field field) {
    String name = Character.toUpperCase(field.getName().charAt(0)) + field.getName().substring(1);
    try {
      return model.getClass().getMethod("get" + name).invoke(model);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(model.getClass() + " has no getter of " + field, e);
    }
  }
}
