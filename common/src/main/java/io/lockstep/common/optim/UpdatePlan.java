package io.lockstep.common.optim;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.scale.LossScale;
import io.lockstep.common.optim.scale.OverflowCheck;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a step does to a chunk once its mean gradient is complete, in the order in which it is
 * done: the clip's rounds, the clip, the rule's rounds, the rule. Whoever holds chunks drives it:
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
 */
public final class UpdatePlan {
  private final Layout layout;
  private final Clip clip;
  private final UpdateRule rule;
  private final @Nullable LossScale lossScale;

  /** [tensor], the number of the rule that updates it. */
  private final int[] rules;

  private UpdatePlan(Layout layout, Clip clip, UpdateRule rule, @Nullable LossScale lossScale) {
    this.layout = layout;
    this.clip = clip;
    this.rule = rule;
    this.lossScale = lossScale;
    this.rules = number(layout, rule);
  }

  /**
   * The plan of a run.
   *
   * @param clip {@link Clip#NONE} where gradients stay as they are
   */
  public static UpdatePlan create(Layout layout, Clip clip, UpdateRule rule) {
    return new UpdatePlan(layout, clip, rule, null);
  }

  /**
   * The same plan for gradients that may have overflowed a narrow form: its first round is that of
   * {@link OverflowCheck}. Whoever holds chunks goes no further with a step that {@link
   * OverflowCheck#overflowed}.
   */
  public UpdatePlan withLossScale(LossScale scale) {
    return new UpdatePlan(layout, new OverflowCheck(clip), rule, scale);
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

  /** Sums of each chunk of a tensor in a round. */
  public int sums(int round, TensorSpec tensor) {
    int clipRounds = clip.rounds();
    int chunkElements = layout.chunkElements();
    return round < clipRounds
        ? clip.sums(round, tensor, chunkElements)
        : rule.sums(round - clipRounds, tensor, chunkElements);
  }

  /** What a chunk's state arrays hold, for checkpoints. */
  public List<String> stateNames(Chunk chunk) {
    return rule.stateNames(layout.tensorOf(chunk));
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
    return rule.stateLength(array, layout.tensorOf(chunk), chunk);
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
    return made;
  }

  /** Whether {@link #evaluation} is not the parameters themselves. */
  public boolean evaluatesAverage() {
    return rule.evaluatesAverage();
  }

  /**
   * Computes the weights that are evaluated and are the model.
   *
   * @param chunk between two updates; not modified
   * @param target [at least length], receives them
   */
  public void evaluation(ChunkState chunk, float[] target) {
    rule.evaluation(chunk, target);
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
    if (rule.rounds() == 0) {
      clip.apply(chunk, totals);
    }
    rule.apply(chunk, update, totals.ofRule());
  }
}
