package io.lockstep.worker.engine.metric;

/** What a network's outputs are to a loss of probabilities. */
public enum Scale {
  /** Any numbers, which a softmax or a sigmoid would make probabilities. */
  LOGITS,
  /** Probabilities already. */
  PROBABILITIES
}
