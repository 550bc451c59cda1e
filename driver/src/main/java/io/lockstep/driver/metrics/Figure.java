package io.lockstep.driver.metrics;

/** What a process shows of its part in a run, one figure a line. */
public enum Figure {
  /** Updates done. */
  STEP(Of.RUN, "step", Kind.LEVEL, "updates done"),
  /** The present pass over the data. */
  EPOCH(Of.RUN, "epoch", Kind.LEVEL, "pass over the data that the step belongs to, from 1"),
  /** Loss of the last step. */
  LOSS(Of.RUN, "loss", Kind.LEVEL, "mean loss of the step's batch, before the update"),
  /** Rate of the last step. */
  LEARNING_RATE(Of.RUN, "learningRate", Kind.LEVEL, "the step's learning rate"),
  /** Norm of the last step. */
  GRADIENT_NORM(
      Of.RUN, "gradientNorm", Kind.LEVEL, "Euclidean norm of the step's gradient, before clipping"),
  /** Speed of the last step. */
  EXAMPLES_PER_SECOND(Of.RUN, "examplesPerSecond", Kind.LEVEL, "examples a second in the step"),
  /** Loss of the last validation. */
  VALIDATION_LOSS(Of.RUN, "validationLoss", Kind.LEVEL, "loss of the last validation"),
  /** Time of all steps. */
  SECONDS(Of.RUN, "seconds", Kind.TOTAL, "seconds of all steps of this process's run"),
  /** Time on gradients. */
  COMPUTE_SECONDS(
      Of.RUN, "computeSeconds", Kind.TOTAL, "seconds that the slowest worker spent on gradients"),
  /** Time on sending. */
  SEND_SECONDS(
      Of.RUN,
      "sendSeconds",
      Kind.TOTAL,
      "seconds that the slowest worker spent on handing sums over"),
  /** Time on waiting. */
  WAIT_SECONDS(
      Of.RUN,
      "waitSeconds",
      Kind.TOTAL,
      "seconds that the slowest worker spent on waiting for parameters"),
  /** Bytes to the servers. */
  SENT_BYTES(
      Of.RUN, "sentBytes", Kind.TOTAL, "bytes that all workers sent over sockets to servers"),
  /** Bytes from the servers. */
  RECEIVED_BYTES(
      Of.RUN,
      "receivedBytes",
      Kind.TOTAL,
      "bytes that all workers received over sockets from servers"),
  /** Lost processes. */
  RESTARTS(Of.RUN, "restarts", Kind.LEVEL, "how often a process was lost and the run went on"),

  /** Updates done by a worker of this process. */
  WORKER_STEP(
      Of.WORKER, "workerStep", Kind.LEVEL, "updates that a worker of this process has seen"),
  /** Time on gradients. */
  WORKER_COMPUTE_SECONDS(
      Of.WORKER,
      "workerComputeSeconds",
      Kind.TOTAL,
      "seconds that workers of this process spent on gradients"),
  /** Time on sending. */
  WORKER_SEND_SECONDS(
      Of.WORKER,
      "workerSendSeconds",
      Kind.TOTAL,
      "seconds that workers of this process spent on handing sums over"),
  /** Time on waiting. */
  WORKER_WAIT_SECONDS(
      Of.WORKER,
      "workerWaitSeconds",
      Kind.TOTAL,
      "seconds that workers of this process spent on waiting for parameters"),
  /** Bytes to the servers. */
  WORKER_SENT_BYTES(
      Of.WORKER,
      "workerSentBytes",
      Kind.TOTAL,
      "bytes that workers of this process sent over sockets to servers"),
  /** Bytes from the servers. */
  WORKER_RECEIVED_BYTES(
      Of.WORKER,
      "workerReceivedBytes",
      Kind.TOTAL,
      "bytes that workers of this process received over sockets from servers"),

  /** Servers here. */
  SERVERS(Of.SERVER, "servers", Kind.LEVEL, "parameter servers in this process"),
  /** Updates done by them. */
  SERVER_STEP(Of.SERVER, "serverStep", Kind.LEVEL, "updates done by servers of this process"),
  /** Connections. */
  SERVER_WORKERS(
      Of.SERVER, "serverWorkers", Kind.LEVEL, "connections of workers to servers of this process"),
  /** Bytes from workers. */
  SERVER_RECEIVED_BYTES(
      Of.SERVER,
      "serverReceivedBytes",
      Kind.TOTAL,
      "bytes that servers of this process received over sockets from workers"),
  /** Bytes to workers. */
  SERVER_SENT_BYTES(
      Of.SERVER,
      "serverSentBytes",
      Kind.TOTAL,
      "bytes that servers of this process sent over sockets to workers");

  /** Whose figure it is. */
  public enum Of {
    /** The whole run's, in the driver. */
    RUN,
    /** That of the workers in an executor. */
    WORKER,
    /** That of the servers in a process. */
    SERVER
  }

  /** How it moves. */
  public enum Kind {
    /** Up and down. */
    LEVEL,
    /** Up only. */
    TOTAL
  }

  private final Of of;
  private final String key;
  private final Kind kind;
  private final String meaning;

  Figure(Of of, String key, Kind kind, String meaning) {
    this.of = of;
    this.key = key;
    this.kind = kind;
    this.meaning = meaning;
  }

  /** Whose it is. */
  public Of of() {
    return of;
  }

  /** Its name, as {@code steps.jsonl} has it where it is written there. */
  public String key() {
    return key;
  }

  /** How it moves. */
  public Kind kind() {
    return kind;
  }

  /** What it is. */
  public String meaning() {
    return meaning;
  }
}
