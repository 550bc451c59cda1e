package io.lockstep.driver.server.shard;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.ChunkState;
import io.lockstep.common.optim.Totals;
import io.lockstep.common.optim.Update;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.optim.View;
import io.lockstep.common.optim.scale.LossScale;
import io.lockstep.common.optim.scale.OverflowCheck;
import io.lockstep.common.optim.scale.ScaledStep;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.common.tree.FiniteCheck;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.common.tree.Scalars;
import io.lockstep.common.tree.TreeSum;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One server's part of the parameters: a state machine without sockets, clock or threads of its
 * own. Partial sums come in, in any order and from any deal of the streams; when the tree of a
 * chunk is complete, the sum is divided by the step's weight, and the update plan takes its course.
 * A plan without rounds applies each chunk at once; one with rounds waits for all chunks, and for
 * the totals of all servers. Where gradients may have overflowed the form in which they came, the
 * first round tells, and such a step is skipped: it changes no parameter and no state, its version
 * is the one before under the next number, and it does not count as an update of the rule.
 *
 * <p>Several threads may call it side by side: calls about different chunks run in parallel, those
 * about one chunk wait for one another only while they add to its sum. The bits depend on neither.
 *
 * <p>Before the first step every chunk is given its values, by {@link #initialize} or {@link
 * #load}, by one thread.
 */
public final class ParameterShard {
  private final ReductionTree tree;
  private final Layout layout;
  private final List<Chunk> chunks;
  private final UpdatePlan plan;
  private final double baseLearningRate;
  private final BufferPool pool;
  private final @Nullable ChunkCell[] cells;
  private final double[] squares;
  private final double[][][] roundSums;
  private final Totals totals;
  private final AtomicInteger remaining = new AtomicInteger();
  private final LongAdder duplicates = new LongAdder();

  /** Null where gradients come as they were computed. */
  private final @Nullable LossScaling scaling;

  /** The scalars of the step in flight, and the step; guarded by the shard's lock. */
  private final TreeSum<Scalars> scalars;

  private long step;
  private int awaitedRound = -1;
  private boolean failed;

  /** Written before the gradients of the step from which it holds. */
  private volatile Schedule schedule;

  /**
   * @param tree over the slices of a step
   * @param layout of the model
   * @param chunks the shard's own, contiguous, as {@link Layout#shards} cuts them
   * @param plan what a step does
   * @param schedule the rate of a step, as it is before the first one
   * @param baseLearningRate that the schedule starts from
   * @param step the first step to be taken: the version of the values that will be loaded
   */
  public ParameterShard(
      ReductionTree tree,
      Layout layout,
      List<Chunk> chunks,
      UpdatePlan plan,
      Schedule schedule,
      double baseLearningRate,
      long step) {
    this.tree = tree;
    this.layout = layout;
    this.chunks = List.copyOf(chunks);
    this.plan = plan;
    this.schedule = schedule;
    this.baseLearningRate = baseLearningRate;
    this.step = step;
    this.pool = new BufferPool();
    this.cells = new ChunkCell[chunks.size()];
    this.squares = new double[chunks.size()];
    this.roundSums = new double[plan.rounds()][chunks.size()][];
    for (int round = 0; round < plan.rounds(); round++) {
      for (int c = 0; c < chunks.size(); c++) {
        roundSums[round][c] = new double[plan.sums(round, layout.tensorOf(chunks.get(c)))];
      }
    }
    this.totals = plan.newTotals();
    this.scalars = new TreeSum<>(tree, Scalars::plus, scalars -> {});
    this.remaining.set(chunks.size());
    LossScale lossScale = plan.lossScale();
    this.scaling = lossScale == null ? null : new LossScaling(lossScale, step);
  }

  // ---- values before the first step

  /**
   * Gives a chunk its first parameters; its state is as the rule begins.
   *
   * @param parameters [length]; kept, not copied
   */
  public void initialize(Chunk chunk, float[] parameters) {
    cells[indexOf(chunk.index())] = cell(newChunk(chunk, parameters));
  }

  /**
   * Gives a chunk what a checkpoint holds; {@code shard::load} reads one.
   *
   * @param parameters [length]; kept, not copied
   * @param state the rule's arrays; copied
   */
  public void load(Chunk chunk, float[] parameters, float[][] state) {
    ChunkState data = newChunk(chunk, parameters);
    if (state.length != plan.stateNames(chunk).size()) {
      throw new IllegalArgumentException(
          "chunk "
              + chunk.index()
              + " must have "
              + plan.stateNames(chunk).size()
              + " state arrays, got "
              + state.length);
    }
    for (int k = 0; k < state.length; k++) {
      if (state[k].length != data.state(k).length) {
        throw new IllegalArgumentException(
            "state array "
                + plan.stateNames(chunk).get(k)
                + " of chunk "
                + chunk.index()
                + " must have "
                + data.state(k).length
                + " floats, got "
                + state[k].length);
      }
      System.arraycopy(state[k], 0, data.state(k), 0, state[k].length);
    }
    cells[indexOf(chunk.index())] = cell(data);
  }

  /**
   * Takes what a checkpoint holds besides chunks.
   *
   * @param numbers as {@link #numbers} gave them to any of its shards
   */
  public void load(List<Double> numbers) {
    if (scaling != null) {
      scaling.load(numbers);
    }
  }

  private ChunkState newChunk(Chunk chunk, float[] parameters) {
    return plan.newChunk(chunk, parameters, new float[chunk.length()]);
  }

  private ChunkCell cell(ChunkState data) {
    return new ChunkCell(data, tree, pool, step);
  }

  /**
   * Checks that every chunk has its values.
   *
   * @throws IllegalStateException naming the first that has not
   */
  public void requireLoaded() {
    for (int c = 0; c < cells.length; c++) {
      if (cells[c] == null) {
        throw new IllegalStateException("chunk " + chunks.get(c).index() + " was not loaded");
      }
    }
  }

  // ---- what the shard is

  /** The chunks of the shard, contiguous in the layout. */
  public List<Chunk> chunks() {
    return chunks;
  }

  /** The number of the first chunk in the layout; 0 for an empty shard. */
  public int firstChunk() {
    return chunks.isEmpty() ? 0 : chunks.get(0).index();
  }

  /** The first step of which not all chunks are applied. */
  public synchronized long step() {
    return step;
  }

  /** Partial sums that came twice, or too late, and were dropped. */
  public long duplicates() {
    return duplicates.sum();
  }

  /**
   * Shows all chunks, in order: between steps, or from within {@link ShardEvents#stepDone}, when
   * nobody changes them.
   */
  public void forEachChunk(ChunkVisitor visitor) {
    for (int c = 0; c < cells.length; c++) {
      ChunkState data = cellAt(c).data();
      float[][] state = new float[plan.stateNames(data.chunk()).size()][];
      for (int k = 0; k < state.length; k++) {
        state[k] = data.state(k);
      }
      visitor.visit(data.chunk(), data.parameters(), state);
    }
  }

  /**
   * What a checkpoint must hold besides chunks, the same at every shard: the loss scale's state;
   * empty without one. Between steps, or from within {@link ShardEvents#stepDone}.
   */
  public List<Double> numbers() {
    return scaling == null ? List.of() : scaling.numbers();
  }

  /**
   * What the gradients of the step from a version are to be multiplied by, as a power of two; 0
   * without a loss scale.
   *
   * @param version of a chunk that {@link #parameters} gave
   */
  public int scaleExponent(long version) {
    return scaling == null ? 0 : scaling.exponent(version);
  }

  /**
   * The bytes of a version of a chunk.
   *
   * @param index of the chunk within the shard
   * @return little-endian float32, direct, from 0 to its limit; null where the version is the next
   *     one. They stay as they are until somebody has completed the step after the next.
   * @throws ShardException where the version is gone, or further away
   */
  public @Nullable ByteBuffer parameters(int index, long version) throws ShardException {
    return cellAt(index).bytes(version);
  }

  /** Which views differ from the parameters. */
  public Set<View> views() {
    return plan.views();
  }

  /**
   * Computes a view of a version of a chunk.
   *
   * @param index of the chunk within the shard
   * @param target [at least the chunk's length], receives the weights
   * @return false where the update to the next version has begun
   * @throws ShardException where the version is still to come
   */
  public boolean view(int index, long version, View view, float[] target) throws ShardException {
    return cellAt(index).show(version, chunk -> plan.view(view, chunk, target));
  }

  // ---- what comes in

  /**
   * Takes what the schedule has learned from the validation before a step. Every worker says the
   * same before its sums of the step, so it is known by the time that the step's tree is complete.
   *
   * @param state as {@link Schedule#state} gives it
   * @throws ShardException where the step is still to come
   */
  public synchronized void schedule(long step, List<Double> state) throws ShardException {
    if (step > this.step) {
      throw new ShardException("step must be at most " + this.step + ", got " + step);
    }
    if (step == this.step) {
      schedule = schedule.restore(state);
    }
  }

  /**
   * Accounts for a node's leaves by their sums; its gradients follow, unless it is absent.
   *
   * @throws ShardException where the step is still to come, or the tree has no such node
   */
  public void sums(long step, int node, boolean present, Scalars sums, ShardEvents events)
      throws ShardException {
    requireNode(node);
    synchronized (this) {
      if (step > this.step) {
        throw new ShardException("step must be at most " + this.step + ", got " + step);
      }
      if (step < this.step || failed) {
        duplicates.increment();
        return;
      }
      if (!scalars.add(node, present ? sums : null)) {
        duplicates.increment();
      }
    }
    // Also where the scalars know the node: as part of one whose gradients never came.
    if (!present) {
      for (int c = 0; c < cells.length; c++) {
        if (cellAt(c).account(step, node, null) == ChunkCell.Taken.COMPLETE) {
          completed(c, events);
        }
      }
    }
  }

  /**
   * Adds a node's gradient of one chunk.
   *
   * @param chunk number in the layout
   * @param gradient [chunk length] from position to limit; copied
   * @throws ShardException where the step is still to come, the node's sums did not come before, or
   *     the chunk or its length is another's
   */
  public void gradient(long step, int node, int chunk, FloatBuffer gradient, ShardEvents events)
      throws ShardException {
    requireNode(node);
    int index = requireChunk(chunk);
    ChunkCell cell = cellAt(index);
    int length = cell.data().length();
    if (gradient.remaining() != length) {
      throw new ShardException(
          "gradient of chunk "
              + chunk
              + " must have "
              + length
              + " elements, got "
              + gradient.remaining());
    }
    if (!isAnnounced(step, node)) {
      duplicates.increment();
      return;
    }
    float[] sum = pool.take(length);
    gradient.get(sum, 0, length);
    switch (cell.account(step, node, sum)) {
      case DUPLICATE -> duplicates.increment();
      case COMPLETE -> completed(index, events);
      case WAITING -> {}
    }
  }

  /** Whether a chunk holds running statistics, which travel as float32 and without a scale. */
  public boolean isStatistics(int chunk) throws ShardException {
    return layout.isStatistics(chunks.get(requireChunk(chunk)));
  }

  /**
   * Checks what a worker has multiplied a gradient by, before it is added.
   *
   * @param chunk number in the layout
   * @throws ShardException where it is another scale than the step's, which is 2^0 for running
   *     statistics
   */
  public void requireScale(long step, int chunk, int exponent) throws ShardException {
    if (scaling != null && !isStatistics(chunk)) {
      scaling.require(step, exponent);
    } else if (exponent != 0) {
      throw new ShardException("loss scale must be 2^0, got 2^" + exponent);
    }
  }

  private synchronized boolean isAnnounced(long step, int node) throws ShardException {
    if (step > this.step) {
      throw new ShardException("step must be at most " + this.step + ", got " + step);
    }
    if (step < this.step || failed) {
      return false;
    }
    if (!scalars.covers(node)) {
      throw new ShardException("the sums of node " + node + " must come before its gradients");
    }
    return true;
  }

  /**
   * Goes on with the totals of a round over all servers.
   *
   * @param perTensor [tensor][sum], as {@code TensorSums.reduce} gives them; kept
   */
  public void totals(long step, int round, double[][] perTensor, ShardEvents events) {
    synchronized (this) {
      if (step != this.step || round != awaitedRound || failed) {
        return;
      }
      awaitedRound = -1;
    }
    try {
      goOn(step, round, perTensor, events);
    } catch (RuntimeException | Error e) {
      fail(broken(step, e), events);
      throw e;
    }
  }

  private void goOn(long step, int round, double[][] perTensor, ShardEvents events) {
    if (!areFinite(step, round, perTensor, events)) {
      return;
    }
    if (scaling != null && round == OverflowCheck.ROUND && scaling.decide(perTensor)) {
      skip(step, scaling.isExhausted(), events);
      return;
    }
    totals.set(round, perTensor);
    if (round + 1 < plan.rounds()) {
      for (int c = 0; c < cells.length; c++) {
        round(round + 1, c, step);
      }
      roundReady(round + 1, step, events);
    } else {
      remaining.set(cells.length);
      for (int c = 0; c < cells.length; c++) {
        apply(c, step, events);
      }
    }
  }

  /** The step changes nothing; its version is the one before with the next number. */
  private void skip(long step, boolean isExhausted, ShardEvents events) {
    if (isExhausted) {
      fail(
          new StepFailure(
              step,
              "gradients overflow wire.gradients at the least loss scale, 2^"
                  + LossScale.LEAST
                  + "; lower optimizer.learningRate, or set wire.gradients to float32",
              false),
          events);
      return;
    }
    remaining.set(cells.length);
    for (int c = 0; c < cells.length; c++) {
      publish(c, step, events);
    }
  }

  private boolean areFinite(long step, int round, double[][] perTensor, ShardEvents events) {
    for (int t = 0; t < perTensor.length; t++) {
      for (double sum : perTensor[t]) {
        if (!Double.isFinite(sum)) {
          String what = "sum of round " + round + " over " + layout.tensors().get(t).name();
          fail(StepFailure.of(step, what + " must be finite", sum), events);
          return false;
        }
      }
    }
    return true;
  }

  // ---- what follows from it

  /** Called by the one thread that completed the chunk's sum. */
  private void completed(int index, ShardEvents events) {
    long step = cellAt(index).version();
    try {
      update(index, step, events);
    } catch (RuntimeException | Error e) {
      fail(broken(step, e), events);
      throw e;
    }
  }

  /** A step that broke halfway cannot be taken again: whoever waits for it must know. */
  private static StepFailure broken(long step, Throwable cause) {
    return new StepFailure(step, "the update broke: " + cause, false);
  }

  private void update(int index, long step, ShardEvents events) {
    ChunkCell cell = cellAt(index);
    Scalars batch = batch();
    if (batch == null || !isSound(step, batch, events)) {
      return;
    }
    if (!divide(index, cell, batch)) {
      ChunkState data = cell.data();
      fail(nonFinite(step, "gradient", data, data.gradient()), events);
      return;
    }
    if (plan.rounds() == 0) {
      apply(index, step, events);
      return;
    }
    round(0, index, step);
    if (remaining.decrementAndGet() == 0) {
      roundReady(0, step, events);
    }
  }

  /**
   * Makes the complete sum what the plan takes. Running statistics add nothing to the gradient's
   * norm, and came without a loss scale.
   *
   * @return false where the step cannot go on, because it is not finite
   */
  private boolean divide(int index, ChunkCell cell, Scalars batch) {
    if (layout.isStatistics(cell.data().chunk())) {
      cell.divideStatistics(batch.examples());
      float[] change = cell.data().gradient();
      return FiniteCheck.firstNonFinite(change, 0, cell.data().length()) < 0;
    }
    squares[index] = cell.divide(batch.weight(), scaling == null ? 1 : scaling.inverse());
    return scaling != null || Double.isFinite(squares[index]);
  }

  /** The sums over the whole batch: a chunk's tree is complete only after the scalars' is. */
  private synchronized @Nullable Scalars batch() {
    if (failed) {
      return null;
    }
    @Nullable Scalars total = scalars.total();
    return total == null ? Scalars.NONE : total;
  }

  private boolean isSound(long step, Scalars batch, ShardEvents events) {
    if (!Double.isFinite(batch.loss())) {
      fail(StepFailure.of(step, "sum of losses of the batch must be finite", batch.loss()), events);
      return false;
    }
    float weight = (float) batch.weight();
    if (!(weight > 0 && Float.isFinite(weight))) {
      fail(
          StepFailure.of(
              step, "sum of weights of the batch must be positive and finite", batch.weight()),
          events);
      return false;
    }
    return true;
  }

  private static StepFailure nonFinite(long step, String what, ChunkState data, float[] values) {
    int i = FiniteCheck.firstNonFinite(values, 0, data.length());
    long element = (long) data.chunk().tensorOffset() + i;
    return StepFailure.of(
        step,
        what + " of " + data.tensor().name() + ", element " + element + ", must be finite",
        values[i]);
  }

  private void fail(StepFailure failure, ShardEvents events) {
    synchronized (this) {
      if (failed) {
        return;
      }
      failed = true;
    }
    events.failed(failure);
  }

  private void round(int round, int index, long step) {
    plan.round(round, cellAt(index).data(), update(step), totals, roundSums[round][index]);
  }

  private void roundReady(int round, long step, ShardEvents events) {
    synchronized (this) {
      awaitedRound = round;
    }
    double[][] copy = new double[cells.length][];
    for (int c = 0; c < copy.length; c++) {
      copy[c] = roundSums[round][c].clone();
    }
    events.roundReady(new RoundSums(step, round, firstChunk(), copy));
  }

  private void apply(int index, long step, ShardEvents events) {
    ChunkState data = cellAt(index).data();
    plan.apply(data, update(step), totals);
    if (FiniteCheck.firstNonFinite(data.parameters(), 0, data.length()) >= 0) {
      fail(nonFinite(step, "parameter", data, data.parameters()), events);
      return;
    }
    publish(index, step, events);
  }

  private void publish(int index, long step, ShardEvents events) {
    if (remaining.decrementAndGet() == 0) {
      finishStep(step, events);
    }
    long version = cellAt(index).publish();
    events.chunkReady(index, version);
  }

  /** The last chunk is done and not published: nobody can begin the next step yet. */
  private void finishStep(long step, ShardEvents events) {
    Scalars batch = java.util.Objects.requireNonNull(batch());
    ScaledStep scaled = scaling == null ? null : scaling.finish();
    events.stepDone(new StepReport(step, batch, firstChunk(), squares.clone(), scaled));
    synchronized (this) {
      scalars.clear();
      remaining.set(cells.length);
      this.step = step + 1;
    }
  }

  private Update update(long step) {
    long number = scaling == null ? step + 1 : scaling.number();
    return new Update(number, schedule.rate(step), baseLearningRate);
  }

  // ---- numbers and places

  private ChunkCell cellAt(int index) {
    ChunkCell cell = cells[index];
    if (cell == null) {
      throw new IllegalStateException("chunk " + chunks.get(index).index() + " was not loaded");
    }
    return cell;
  }

  private int indexOf(int chunk) {
    int index = chunk - firstChunk();
    if (index < 0 || index >= cells.length) {
      throw new IllegalArgumentException("chunk must be in " + range() + ", got " + chunk);
    }
    return index;
  }

  private int requireChunk(int chunk) throws ShardException {
    int index = chunk - firstChunk();
    if (index < 0 || index >= cells.length) {
      throw new ShardException("chunk must be in " + range() + ", got " + chunk);
    }
    return index;
  }

  private String range() {
    return firstChunk() + ".." + (firstChunk() + cells.length - 1);
  }

  private void requireNode(int node) throws ShardException {
    if (!tree.isNode(node)) {
      throw new ShardException(
          "node must be a sum of the tree over " + tree.leaves() + " slices, got " + node);
    }
  }
}
