package io.lockstep.common.random;

/** What random numbers are for. The order is part of the promise: new purposes go to the end. */
public enum Purpose {
  /** First values of a tensor; id is the tensor's number in the layout. */
  INITIALIZE,
  /** The order of a stream's examples; time is the epoch. */
  SHUFFLE,
  /** Dropout masks; id is the layer's number, time the step. */
  DROPOUT,
  /** The coordinates that a gradient check visits; id is the tensor's number. */
  GRADIENT_CHECK
}
