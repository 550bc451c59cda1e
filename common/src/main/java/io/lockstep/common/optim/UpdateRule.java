package io.lockstep.common.optim;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * How a step changes the parameters. A rule is pure arithmetic over chunks; it never sees a server,
 * a shard or another chunk. What it needs to know of whole tensors it asks for in {@link Rounds}.
 *
 * <p>A rule without rounds is applied to each chunk as soon as its gradient is complete; a rule
 * with rounds waits for all chunks. Instances are immutable and shared by threads.
 *
 * <p>A new rule is one file here, one line in {@link Optimizers#ALL} and one reference case.
 */
public interface UpdateRule extends Rounds {
  /**
   * Whether the rule must see a tensor whole, as where it multiplies matrices: the layout then
   * keeps the tensor in one chunk, on one server.
   */
  default boolean whole(TensorSpec tensor) {
    return false;
  }

  /**
   * The floats of work space that an update of a tensor needs besides its state, for estimates of
   * memory.
   */
  default long workspace(TensorSpec tensor) {
    return 0;
  }

  /**
   * What the state arrays of a tensor's chunks hold, for checkpoints, such as {@code m} and {@code
   * v}; a rule may treat some tensors in another way than others.
   */
  List<String> stateNames(TensorSpec tensor);

  /**
   * The floats of a state array for a chunk: the chunk's length, unless the rule keeps less (0 for
   * a tensor that does without) or something else.
   *
   * @param array the array's place in {@link #stateNames}
   */
  default int stateLength(int array, TensorSpec tensor, Chunk chunk) {
    return chunk.length();
  }

  /**
   * The rule that updates a tensor: this one, unless it is made of several. {@link Totals#all} adds
   * over the tensors of one rule.
   */
  default UpdateRule ruleOf(TensorSpec tensor) {
    return this;
  }

  /**
   * Sets a chunk's state, zero until then, before the first update, where zeros will not do.
   *
   * @param chunk with the first parameters; its gradient is not set
   */
  default void initialize(ChunkState chunk) {}

  /**
   * Bytes that its passes over memory after the first move for a parameter of a matrix: what is
   * read once more for a sum, and the last pass over a direction that was kept.
   */
  default int laterPassBytes() {
    return 0;
  }

  /**
   * Updates a chunk's parameters and state.
   *
   * @param chunk with the gradient as the clip or the rule's last round left it; the rule may
   *     overwrite the gradient
   * @param totals of all rounds of the rule
   */
  void apply(ChunkState chunk, Update update, Totals totals);

  /**
   * Whether what is evaluated, and is the model, is not the parameters themselves but an average
   * that the rule keeps of them; {@link #evaluation} computes it.
   */
  default boolean evaluatesAverage() {
    return false;
  }

  /**
   * Computes the weights to evaluate: the parameters, unless the rule keeps an average.
   *
   * @param chunk between two updates; not modified
   * @param target [at least length], receives them
   */
  default void evaluation(ChunkState chunk, float[] target) {
    System.arraycopy(chunk.parameters(), 0, target, 0, chunk.length());
  }
}
