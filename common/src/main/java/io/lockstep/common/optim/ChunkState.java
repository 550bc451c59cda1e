package io.lockstep.common.optim;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.TensorSpec;

/**
 * One chunk at its server: what an update rule works on. All arrays are indexed from 0 to {@code
 * length()} by the same index, which is what lets C2 vectorise a rule's loop; an array may be
 * longer than the chunk.
 */
public final class ChunkState {
  private final TensorSpec tensor;
  private final Chunk chunk;
  private final float[] parameters;
  private final float[] gradient;
  private final float[][] state;

  /**
   * Binds a chunk to its arrays, which are not copied.
   *
   * @param tensor the tensor that the chunk belongs to
   * @param chunk where it lies
   * @param parameters [length], updated in place
   * @param gradient [length], the mean over the batch; clips and rules may overwrite it
   * @param state the rule's arrays, each [length], updated in place
   */
  public ChunkState(
      TensorSpec tensor, Chunk chunk, float[] parameters, float[] gradient, float[][] state) {
    this.tensor = tensor;
    this.chunk = chunk;
    this.parameters = parameters;
    this.gradient = gradient;
    this.state = state;
  }

  /** The tensor that the chunk belongs to. */
  public TensorSpec tensor() {
    return tensor;
  }

  /** Where the chunk lies. */
  public Chunk chunk() {
    return chunk;
  }

  /** The parameters, [length]; updated in place. */
  public float[] parameters() {
    return parameters;
  }

  /** The mean gradient over the batch, [length]; clips and rules may overwrite it. */
  public float[] gradient() {
    return gradient;
  }

  /** Array i of the rule's state, [length]; updated in place. */
  public float[] state(int i) {
    return state[i];
  }

  /** Elements of the chunk. */
  public int length() {
    return chunk.length();
  }
}
