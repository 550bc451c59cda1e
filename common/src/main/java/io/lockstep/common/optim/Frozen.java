package io.lockstep.common.optim;

import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/** Leaves tensors as they are, whatever their gradients, and keeps nothing for them. */
final class Frozen implements UpdateRule {
  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of();
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {}
}
