package io.lockstep.worker.engine.loss;

/** What a network's outputs are to a cross-entropy. */
enum Scale {
  /** Any numbers, which a softmax or a sigmoid would make probabilities. */
  LOGITS,
  /** Probabilities already. */
  PROBABILITIES
}
