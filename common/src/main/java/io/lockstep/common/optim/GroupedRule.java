package io.lockstep.common.optim;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * Updates every tensor by its group's rule, at its group's rate. It has as many rounds as the group
 * with the most; a rule takes part in its own, the first ones.
 */
final class GroupedRule implements UpdateRule {
  private final ParameterGroups groups;
  private final int rounds;

  GroupedRule(ParameterGroups groups) {
    this.groups = groups;
    this.rounds =
        groups.groups().stream()
            .filter(group -> !group.tensors().isEmpty())
            .mapToInt(group -> group.rule().rounds())
            .max()
            .orElse(0);
  }

  private UpdateRule rule(TensorSpec tensor) {
    return groups.groupOf(tensor).rule();
  }

  @Override
  public UpdateRule ruleOf(TensorSpec tensor) {
    return rule(tensor).ruleOf(tensor);
  }

  @Override
  public boolean whole(TensorSpec tensor) {
    return rule(tensor).whole(tensor);
  }

  @Override
  public long workspace(TensorSpec tensor) {
    return rule(tensor).workspace(tensor);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return rule(tensor).stateNames(tensor);
  }

  @Override
  public int stateLength(int array, TensorSpec tensor, Chunk chunk) {
    return rule(tensor).stateLength(array, tensor, chunk);
  }

  @Override
  public void initialize(ChunkState chunk) {
    rule(chunk.tensor()).initialize(chunk);
  }

  @Override
  public int rounds() {
    return rounds;
  }

  @Override
  public int sums(int round, TensorSpec tensor, int chunkElements) {
    UpdateRule rule = rule(tensor);
    return round < rule.rounds() ? rule.sums(round, tensor, chunkElements) : 0;
  }

  @Override
  public void round(int round, ChunkState chunk, Update update, Totals totals, double[] sums) {
    ParameterGroups.Group group = groups.groupOf(chunk.tensor());
    if (round < group.rule().rounds()) {
      group.rule().round(round, chunk, update.times(group.rateFactor()), totals, sums);
    }
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    ParameterGroups.Group group = groups.groupOf(chunk.tensor());
    group.rule().apply(chunk, update.times(group.rateFactor()), totals);
  }

  @Override
  public boolean evaluatesAverage() {
    return groups.groups().stream()
        .anyMatch(group -> !group.tensors().isEmpty() && group.rule().evaluatesAverage());
  }

  @Override
  public void evaluation(ChunkState chunk, float[] target) {
    rule(chunk.tensor()).evaluation(chunk, target);
  }
}
