package io.lockstep.driver.report;

import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.checkpoint.Manifest;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import java.nio.file.Files;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The first element in which the states of two runs differ.
 *
 * @param where {@code checkpoint step-400} or {@code model.safetensors}
 * @param tensor the tensor's name; all of them where the models differ in shape
 * @param element its index in the tensor
 * @param first as the first run has it
 * @param second as the second run has it
 */
public record TensorDifference(
    String where, String tensor, long element, String first, String second) {
  private static final int BLOCK = 64 * 1024;

  /** The first difference in the earliest state that both have. */
  static Optional<TensorDifference> first(RunDirectory first, RunDirectory second) {
    Checkpoints a = new Checkpoints(first.checkpoints());
    Checkpoints b = new Checkpoints(second.checkpoints());
    TreeSet<Long> common = new TreeSet<>(a.steps());
    common.retainAll(b.steps());
    for (long step : common) {
      Optional<TensorDifference> found = checkpoint(a, b, step);
      if (found.isPresent()) {
        return found;
      }
    }
    return Files.exists(first.modelFile()) && Files.exists(second.modelFile())
        ? weights(first, second)
        : Optional.empty();
  }

  private static Optional<TensorDifference> checkpoint(Checkpoints a, Checkpoints b, long step) {
    Manifest x = a.manifest(step);
    Manifest y = b.manifest(step);
    String where = "checkpoint " + Checkpoints.folder(step);
    if (!x.layout().tensors().equals(y.layout().tensors())) {
      return Optional.of(shapes(where, x.layout(), y.layout()));
    }
    for (int t = 0; t < x.layout().tensors().size(); t++) {
      float[] p = tensor(a, x, t);
      float[] q = tensor(b, y, t);
      int at = firstDifference(p, q, p.length);
      if (at >= 0) {
        return Optional.of(
            new TensorDifference(
                where, x.layout().tensors().get(t).name(), at, "" + p[at], "" + q[at]));
      }
    }
    return Optional.empty();
  }

  private static float[] tensor(Checkpoints checkpoints, Manifest manifest, int tensor) {
    Layout layout = manifest.layout();
    float[] values = new float[layout.tensors().get(tensor).size()];
    checkpoints.read(
        manifest,
        layout.firstChunk(tensor),
        layout.firstChunk(tensor + 1),
        (Chunk chunk, float[] parameters, float[][] state) ->
            System.arraycopy(parameters, 0, values, chunk.tensorOffset(), chunk.length()));
    return values;
  }

  private static TensorDifference shapes(String where, Layout x, Layout y) {
    return new TensorDifference(where, "all", 0, x.tensors().toString(), y.tensors().toString());
  }

  private static Optional<TensorDifference> weights(RunDirectory first, RunDirectory second) {
    String where = "model.safetensors";
    try (SafetensorsReader x = new SafetensorsReader(first.modelFile());
        SafetensorsReader y = new SafetensorsReader(second.modelFile())) {
      if (!x.tensors().equals(y.tensors())) {
        return Optional.of(
            new TensorDifference(where, "all", 0, x.tensors().toString(), y.tensors().toString()));
      }
      for (SafetensorsReader.Tensor tensor : x.tensors()) {
        Optional<TensorDifference> found = weights(where, tensor, x, y);
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }
  }

  private static Optional<TensorDifference> weights(
      String where, SafetensorsReader.Tensor tensor, SafetensorsReader x, SafetensorsReader y) {
    float[] p = new float[BLOCK];
    float[] q = new float[BLOCK];
    for (long from = 0; from < tensor.size(); from += BLOCK) {
      int length = (int) Math.min(BLOCK, tensor.size() - from);
      x.read(tensor.offset() + from, p, 0, length);
      y.read(tensor.offset() + from, q, 0, length);
      int at = firstDifference(p, q, length);
      if (at >= 0) {
        return Optional.of(
            new TensorDifference(where, tensor.name(), from + at, "" + p[at], "" + q[at]));
      }
    }
    return Optional.empty();
  }

  /** By bits: 0.0 and -0.0 differ, a NaN equals itself. */
  private static int firstDifference(float[] p, float[] q, int length) {
    for (int i = 0; i < length; i++) {
      if (Float.floatToRawIntBits(p[i]) != Float.floatToRawIntBits(q[i])) {
        return i;
      }
    }
    return -1;
  }
}
