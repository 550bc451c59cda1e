package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.config.WeightsSection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys that every layer has: its name and how it hangs together with others. */
public final class LayerKeys {
  /** A layer's own name, which its tensors are named after. */
  public static final Key<String> NAME =
      Key.text(
          "name",
          "",
          "unique; the layer's tensors are NAME.W, ...; without it the type and a number");

  /** Where a layer's inputs come from. */
  public static final Key<List<String>> INPUTS =
      Key.texts(
          "inputs",
          List.of(),
          List.of(),
          "names of earlier layers or of the model's inputs; without it the layer before, or the"
              + " model's input");

  /** Whose tensors a layer uses. */
  public static final Key<String> SHARE =
      Key.text("share", "", "an earlier layer of the same form whose tensors it uses");

  /** Whether a layer's tensors stay as they are. */
  public static final Key<Boolean> FROZEN =
      Key.flag(
          "frozen",
          false,
          "whether the tensors stay as they are and the layer works as in inference; with share,"
              + " whether they get no gradient from here");

  /** Where the first values of a layer's tensors are taken from; see {@link WeightsSection}. */
  public static final Key<Options> WEIGHTS =
      Key.section(
          "weights",
          "{file: FILE, layer: NAME}: the tensors begin with the values of that layer in a"
              + " safetensors file; a block's with those of its layers");

  /** All of them. */
  public static final List<Key<?>> ALL = List.of(NAME, INPUTS, SHARE, FROZEN, WEIGHTS);

  private LayerKeys() {}

  /**
   * The layers' names: as written, and for the others their type and its number among all of the
   * type.
   *
   * @throws io.lockstep.common.config.ConfigurationException for names that are not unique, and for
   *     such that cannot be one
   */
  public static List<String> names(List<Options> layers) {
    Set<String> written = new HashSet<>();
    for (Options layer : layers) {
      String name = layer.get(NAME);
      if (layer.has(NAME) && (name.isEmpty() || name.contains("."))) {
        throw layer.error(NAME, "must have at least one letter and no '.'");
      }
      if (layer.has(NAME) && !written.add(name)) {
        throw layer.error(NAME, "must differ from the names of all other layers");
      }
    }
    List<String> names = new ArrayList<>();
    Map<String, Integer> counts = new HashMap<>();
    for (Options layer : layers) {
      String type = layer.get(Registry.TYPE);
      int number = counts.merge(type, 1, Integer::sum);
      String name = layer.has(NAME) ? layer.get(NAME) : type + number;
      if (!layer.has(NAME) && written.contains(name)) {
        throw layer.error(
            "would be named '" + name + "', as another layer is; give one of them another name");
      }
      names.add(name);
    }
    return List.copyOf(names);
  }
}
