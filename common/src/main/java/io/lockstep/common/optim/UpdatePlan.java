package io.lockstep.common.optim;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.scale.LossScale;
import io.lockstep.common.optim.scale.OverflowCheck;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that a step does to a chunk once its mean gradient is complete, in the order in which it is
 * done: the clip's rounds, the clip, the rule's rounds, the rule, the average of the weights.
 * Whoever holds chunks drives it:
 *
 * <pre>{@code
 * for (int round = 0; round < plan.rounds(); round++) {
 *   for (each own chunk) {
 *     plan.round(round, chunk, update, totals, sums[chunk]);
 *   }
 *   totals.set(round, tensorSums.reduce(sums of the chunks of all shards));
 * }
 * for (each own chunk) {
 *   plan.apply(chunk, update, totals);
 * }
 * }</pre>
 *
 * <p>Round 0 of a chunk needs no totals and can run as soon as its gradient is complete; a plan
 * without rounds applies then and there. Every chunk goes through every round exactly once an
 * update, because rounds may change its gradient and state: the gradient is the caller's no more
 * once the first round has begun. Immutable, shared by threads.
 *
 * <p>Running statistics ({@link io.lockstep.common.layout.Role#STATISTICS}) take no part in rounds
 * and are not clipped; {@link RunningStatistics} moves them at the end. An average of the weights
 * averages them as it does the weights: they are the statistics of what past weights put out, and
 * so their average fits the averaged weights better than the last ones do.
 */
public final class UpdatePlan {
  /** The average's name among the state arrays. */
  private static final String AVERAGE = "average";

  private final Layout layout;
  private final Clip clip;
  private final UpdateRule rule;
  private final @Nullable LossScale lossScale;
  private final WeightAverage average;

  /** [tensor], the number of the rule that updates it. */
  private final int[] rules;

  private UpdatePlan(
      Layout layout,
      Clip clip,
      UpdateRule rule,
      WeightAverage average,
      @Nullable LossScale lossScale) {
    this.layout = layout;
    this.clip = clip;
    this.rule = rule;
    this.average = average;
    this.lossScale = lossScale;
    this.rules = number(layout, rule);
  }

  /**
   * The plan of a run that keeps no average.
   *
   * @param clip {@link Clip#NONE} where gradients stay as they are
   */
  public static UpdatePlan create(Layout layout, Clip clip, UpdateRule rule) {
    return create(layout, clip, rule, WeightAverage.NONE);
  }

  /**
   * The plan of a run.
   *
   * @param clip {@link Clip#NONE} where gradients stay as they are
   * @param average {@link WeightAverage#NONE} where none is kept beside the parameters
   */
  public static UpdatePlan create(
      Layout layout, Clip clip, UpdateRule rule, WeightAverage average) {
    return new UpdatePlan(layout, clip, rule, average, null);
  }

  /**
   * The same plan for gradients that may have overflowed a narrow form: its first round is that of
   * {@link OverflowCheck}. Whoever holds chunks goes no further with a step that {@link
   * OverflowCheck#overflowed}.
   */
  public UpdatePlan withLossScale(LossScale scale) {
    return new UpdatePlan(layout, new OverflowCheck(clip), rule, average, scale);
  }

  /** What gradients are multiplied by on their way; null where they are finite as they come. */
  public @Nullable LossScale lossScale() {
    return lossScale;
  }

  /** Numbers the rules that the rule is made of, in the order of their first tensors. */
  private static int[] number(Layout layout, UpdateRule rule) {
    IdentityHashMap<UpdateRule, Integer> numbers = new IdentityHashMap<>();
    return layout.tensors().stream()
        .mapToInt(tensor -> numbers.computeIfAbsent(rule.ruleOf(tensor), r -> numbers.size()))
        .toArray();
  }

  /** Rounds of sums before {@link #apply}; 0 where chunks do not wait for one another. */
  public int rounds() {
    return clip.rounds() + rule.rounds();
  }

  /** Sums of each chunk of a tensor in a round; running statistics have none. */
  public int sums(int round, TensorSpec tensor) {
    if (tensor.isStatistics()) {
      return 0;
    }
    int clipRounds = clip.rounds();
    int chunkElements = layout.chunkElements();
    return round < clipRounds
        ? clip.sums(round, tensor, chunkElements)
        : rule.sums(round - clipRounds, tensor, chunkElements);
  }

  /** What a chunk's state arrays hold, for checkpoints: the rule's, and the average behind them. */
  public List<String> stateNames(Chunk chunk) {
    List<String> ofRule = rule.stateNames(layout.tensorOf(chunk));
    return has(View.AVERAGE) ? Stream.concat(ofRule.stream(), Stream.of(AVERAGE)).toList() : ofRule;
  }

  /** The place of the average among a chunk's state arrays. */
  private int averageArray(TensorSpec tensor) {
    return rule.stateNames(tensor).size();
  }

  /** What the state arrays of every tensor's chunks hold, by the tensors' names in order. */
  public Map<String, List<String>> stateNames() {
    Map<String, List<String>> names = new LinkedHashMap<>();
    for (int t = 0; t < layout.tensors().size(); t++) {
      Chunk first = layout.chunks().get(layout.firstChunk(t));
      names.put(layout.tensors().get(t).name(), stateNames(first));
    }
    return names;
  }

  /** The floats of a chunk's state array, in the order of {@link #stateNames(Chunk)}. */
  public int stateLength(int array, Chunk chunk) {
    TensorSpec tensor = layout.tensorOf(chunk);
    return array == averageArray(tensor) ? chunk.length() : rule.stateLength(array, tensor, chunk);
  }

  /**
   * Makes a chunk with its state as it is before the first update.
   *
   * @param parameters [length], the first parameters; kept, not copied
   * @param gradient [length], kept, not copied
   */
  public ChunkState newChunk(Chunk chunk, float[] parameters, float[] gradient) {
    float[][] state = new float[stateNames(chunk).size()][];
    for (int array = 0; array < state.length; array++) {
      state[array] = new float[stateLength(array, chunk)];
    }
    ChunkState made = new ChunkState(layout.tensorOf(chunk), chunk, parameters, gradient, state);
    rule.initialize(made);
    if (has(View.AVERAGE)) {
      float[] first = made.state(averageArray(made.tensor()));
      System.arraycopy(parameters, 0, first, 0, chunk.length());
    }
    return made;
  }

  /** Which views differ from the parameters: those that are evaluated besides or instead. */
  public Set<View> views() {
    Set<View> views = EnumSet.noneOf(View.class);
    if (rule.evaluatesAverage()) {
      views.add(View.MODEL);
    }
    if (has(View.AVERAGE)) {
      views.add(View.AVERAGE);
    }
    return views;
  }

  private boolean has(View view) {
    return view != View.AVERAGE || average != WeightAverage.NONE;
  }

  /**
   * Binds what a checkpoint holds of a chunk, to look at it.
   *
   * @param parameters [length]; kept, not copied
   * @param state as {@link #stateNames(Chunk)} names it; kept, not copied
   */
  public ChunkState bind(Chunk chunk, float[] parameters, float[][] state) {
    return new ChunkState(layout.tensorOf(chunk), chunk, parameters, new float[0], state);
  }

  /**
   * Computes a view of a chunk.
   *
   * @param chunk between two updates; not modified
   * @param target [at least length], receives the weights
   * @throws IllegalArgumentException where no average is kept and one is asked for
   */
  public void view(View view, ChunkState chunk, float[] target) {
    if (!has(view)) {
      throw new IllegalArgumentException("the run must keep an average to show one");
    }
    int n = chunk.length();
    switch (view) {
      case PARAMETERS -> System.arraycopy(chunk.parameters(), 0, target, 0, n);
      case MODEL -> rule.evaluation(chunk, target);
      case AVERAGE -> System.arraycopy(chunk.state(averageArray(chunk.tensor())), 0, target, 0, n);
    }
  }

  /** Room for the totals of all rounds, to be reused for every update. */
  public Totals newTotals() {
    return new Totals(rounds(), clip.rounds(), rules);
  }

  /**
   * Adds a chunk to a round's sums. The rule's first round also clips the gradient.
   *
   * @param round from 0
   * @param totals with all earlier rounds set
   * @param sums receives the chunk's part, [sums(round, tensor)], overwritten
   */
  public void round(int round, ChunkState chunk, Update update, Totals totals, double[] sums) {
    if (chunk.tensor().isStatistics()) {
      return;
    }
    int clipRounds = clip.rounds();
    if (round < clipRounds) {
      clip.round(round, chunk, update, totals, sums);
      return;
    }
    if (round == clipRounds) {
      clip.apply(chunk, totals);
    }
    rule.round(round - clipRounds, chunk, update, totals.ofRule(), sums);
  }

  /**
   * Updates a chunk's parameters and state.
   *
   * @param totals with all rounds set
   */
  public void apply(ChunkState chunk, Update update, Totals totals) {
    if (rule.rounds() == 0 && !chunk.tensor().isStatistics()) {
      clip.apply(chunk, totals);
    }
    rule.apply(chunk, update, totals.ofRule());
    if (has(View.AVERAGE)) {
      average.take(
          update.number(),
          chunk.length(),
          chunk.parameters(),
          chunk.state(averageArray(chunk.tensor())));
    }
  }
}
