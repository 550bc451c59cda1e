package io.lockstep.driver.server.shard;

import io.lockstep.common.frame.Frame;
import io.lockstep.common.optim.ChunkState;
import io.lockstep.common.optim.ChunkSums;
import io.lockstep.common.optim.RunningStatistics;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.common.tree.TreeSum;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One chunk of a shard: its parameters and state, the sum that is being taken, and the bytes of its
 * present version and the one before it. Those are written once a step and sent to every worker;
 * two versions are enough because only one step can be in flight.
 *
 * <p>The lock of a cell guards its sum, version and bytes. Whoever completes the sum alone works on
 * the gradient, parameters and state until the cell has its next version.
 */
final class ChunkCell {
  private final ChunkState data;
  private final BufferPool pool;
  private final TreeSum<float[]> sums;
  private final ByteBuffer[] bytes = new ByteBuffer[2];
  private long version;
  private boolean hasPrevious;

  ChunkCell(ChunkState data, ReductionTree tree, BufferPool pool, long version) {
    this.data = data;
    this.pool = pool;
    this.sums = new TreeSum<>(tree, this::add, pool::give);
    this.version = version;
    bytes[0] = Frame.buffer(data.length() * Float.BYTES);
    bytes[1] = Frame.buffer(data.length() * Float.BYTES);
    encode();
  }

  /** Addition commutes to the bit, so it does not matter which side is the left. */
  private float[] add(float[] sum, float[] other) {
    for (int i = 0; i < data.length(); i++) {
      sum[i] += other[i];
    }
    pool.give(other);
    return sum;
  }

  ChunkState data() {
    return data;
  }

  synchronized long version() {
    return version;
  }

  /** What became of a partial sum. */
  enum Taken {
    /** Accounted for before, or of a step that is applied. */
    DUPLICATE,
    /** The sum waits for more. */
    WAITING,
    /** The sum is complete. */
    COMPLETE
  }

  /**
   * Accounts for a node.
   *
   * @param sum null where absent; taken over, also as a duplicate
   */
  synchronized Taken account(long step, int node, float @Nullable [] sum) {
    if (step != version || !sums.add(node, sum)) {
      if (sum != null) {
        pool.give(sum);
      }
      return Taken.DUPLICATE;
    }
    return sums.isComplete() ? Taken.COMPLETE : Taken.WAITING;
  }

  /** Makes the complete sum the change of running statistics. */
  void divideStatistics(double examples) {
    float[] sum = java.util.Objects.requireNonNull(sums.total());
    RunningStatistics.takeBatch(data, sum, examples);
    pool.give(sum);
  }

  /**
   * Makes the complete sum the mean gradient: one division an element, in float32.
   *
   * @param inverseScale what takes a loss scale out again, a power of two; 1 without one
   * @return the sum of its squares, which is finite exactly where all elements are
   */
  double divide(double weight, float inverseScale) {
    float[] sum = java.util.Objects.requireNonNull(sums.total());
    float[] gradient = data.gradient();
    if (inverseScale != 1) {
      scale(sum, inverseScale);
    }
    float divisor = (float) weight;
    for (int i = 0; i < data.length(); i++) {
      gradient[i] = sum[i] / divisor;
    }
    pool.give(sum);
    return ChunkSums.squares(gradient, data.length());
  }

  private void scale(float[] sum, float factor) {
    for (int i = 0; i < data.length(); i++) {
      sum[i] *= factor;
    }
  }

  /** The parameters are those of the next version: writes their bytes, and begins the next sum. */
  synchronized long publish() {
    sums.clear();
    version++;
    hasPrevious = true;
    encode();
    return version;
  }

  private void encode() {
    bytes[(int) (version & 1)].asFloatBuffer().put(data.parameters(), 0, data.length());
  }

  /**
   * Shows the chunk as it is at a version, while nobody changes it. Once the sum is complete, it is
   * being brought to the next version, and cannot be shown any more.
   *
   * @return whether it was shown
   */
  synchronized boolean show(long wanted, Consumer<ChunkState> look) throws ShardException {
    if (wanted > version) {
      throw new ShardException(
          "version of chunk "
              + data.chunk().index()
              + " must be at most "
              + version
              + " to be viewed, got "
              + wanted);
    }
    if (wanted < version || sums.isComplete()) {
      return false;
    }
    look.accept(data);
    return true;
  }

  /** The bytes of a version, null where it is still to come. */
  synchronized @Nullable ByteBuffer bytes(long wanted) throws ShardException {
    if (wanted == version + 1) {
      return null;
    }
    if (wanted != version && !(wanted == version - 1 && hasPrevious)) {
      throw new ShardException(
          "version of chunk "
              + data.chunk().index()
              + " must be "
              + (hasPrevious ? version - 1 : version)
              + ".."
              + (version + 1)
              + ", got "
              + wanted);
    }
    return bytes[(int) (wanted & 1)].duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }
}
