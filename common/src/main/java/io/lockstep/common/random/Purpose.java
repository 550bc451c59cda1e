package io.lockstep.common.random;

/** What random numbers are for. Numbers are part of the promise: none is ever given to another. */
public enum Purpose {
  /** First values of a tensor; id is the tensor's number in the layout. */
  INITIALIZE(1),
  /** The order of a stream's examples; time is the epoch. */
  SHUFFLE(2),
  /** Dropout masks; id is the layer's number, time the step. */
  DROPOUT(3),
  /** The coordinates that a gradient check visits; id is the tensor's number. */
  GRADIENT_CHECK(4),
  /** Numbers that a layer draws; id is the layer's number, time the step. */
  NOISE(5),
  /** Examples that are made up; time is the row. */
  EXAMPLE(8),
  /** What a made-up task is: its centres, teacher or patterns. */
  TASK(9),
  /** The tokens of text that a model writes; time is the token's number. */
  SAMPLE(10);

  private final int number;

  Purpose(int number) {
    this.number = number;
  }

  /** What enters the key. */
  int number() {
    return number;
  }
}
