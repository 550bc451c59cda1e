package io.lockstep.common.config;

import java.util.List;

/**
 * The keys of a section {@code weights}: a file that first values are taken from. The file is read
 * when a run begins, and never again.
 */
public final class WeightsSection {
  /** The file. */
  public static final Key<String> FILE =
      Key.path("file", "", "a safetensors file, such as the model.safetensors of a run").required();

  /** Whose tensors; a key of a layer's section alone. */
  public static final Key<String> LAYER =
      Key.text("layer", "", "the layer's name in the file; without it the same name as here");

  /** What the file holds. */
  public static final Key<String> SHA256 =
      Key.text(
          "sha256", "", "of the file, refused if it is another; a run writes down what it read");

  /** The keys of {@code model.weights}. */
  public static final List<Key<?>> MODEL_KEYS = List.of(FILE, SHA256);

  /** The keys of a layer's {@code weights}. */
  public static final List<Key<?>> LAYER_KEYS = List.of(FILE, LAYER, SHA256);

  private WeightsSection() {}
}
