package io.lockstep.driver.report;

/**
 * Is told what happens in a run, in order, one call at a time. {@link RunDirectory} is one that
 * writes it down, {@link Progress} one that shows it.
 */
public interface RunListener {
  /** Listens to nothing. */
  RunListener NONE = new RunListener() {};

  /** What the run does now. */
  enum Phase {
    /** Spark and the servers start. */
    STARTING("starting Spark"),
    /** The sources are read and dealt into streams. */
    READING("reading the data"),
    /** Workers come to the coordinator. */
    JOINING("waiting for workers"),
    /** Steps are made. */
    TRAINING("training"),
    /** The weights are written, processes end. */
    FINISHING("writing the weights");

    private final String words;

    Phase(String words) {
      this.words = words;
    }

    /** The phase as the user reads it. */
    public String words() {
      return words;
    }
  }

  /** A phase begins. */
  default void phase(Phase phase) {}

  /**
   * The run's size is known, before its first step and again when it goes on with another number of
   * workers.
   *
   * @param totalSteps the last step's number
   * @param stepsPerEpoch steps of one pass over the data
   * @param fromStep updates already made: 0, or the checkpoint's step where the run is resumed
   * @param workers tasks that compute gradients
   */
  default void sized(long totalSteps, long stepsPerEpoch, long fromStep, int workers) {}

  /** A step is done. */
  default void step(StepRecord step) {}

  /** A validation is done. */
  default void validation(ValidationRecord validation) {}

  /**
   * A process was lost and the run goes on; if it goes on from a checkpoint, {@link #cutBack}
   * follows.
   *
   * @param restarts how many there were so far, this one included
   * @param reason what was lost, such as {@code worker 1 (pid 4711)}
   */
  default void restarted(int restarts, String reason) {}

  /** What lies after this step is computed again and reported again. */
  default void cutBack(long step) {}

  /** Something that the user should know and that is no error. */
  default void note(String message) {}

  /** One that tells both, the first first. */
  static RunListener both(RunListener first, RunListener second) {
    return new RunListener() {
      @Override
      public void phase(Phase phase) {
        first.phase(phase);
        second.phase(phase);
      }

      @Override
      public void sized(long totalSteps, long stepsPerEpoch, long fromStep, int workers) {
        first.sized(totalSteps, stepsPerEpoch, fromStep, workers);
        second.sized(totalSteps, stepsPerEpoch, fromStep, workers);
      }

      @Override
      public void step(StepRecord step) {
        first.step(step);
        second.step(step);
      }

      @Override
      public void validation(ValidationRecord validation) {
        first.validation(validation);
        second.validation(validation);
      }

      @Override
      public void restarted(int restarts, String reason) {
        first.restarted(restarts, reason);
        second.restarted(restarts, reason);
      }

      @Override
      public void cutBack(long step) {
        first.cutBack(step);
        second.cutBack(step);
      }

      @Override
      public void note(String message) {
        first.note(message);
        second.note(message);
      }
    };
  }
}
