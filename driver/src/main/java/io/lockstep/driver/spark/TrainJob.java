package io.lockstep.driver.spark;

import akka.actor.typed.ActorRef;
import io.lockstep.driver.coordinator.ToCoordinator;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.FetchFailed;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * The Spark job whose tasks are the workers: submitted, and submitted again with another number of
 * tasks. Tells the coordinator of every task that fails.
 */
public final class TrainJob implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainJob.class);
  private static final String GROUP = "spark.jobGroup.id";

  private final SparkSession session;
  private final Dealt data;
  private final TaskPlan plan;
  private final ActorRef<ToCoordinator> coordinator;
  private final IntFunction<String> describe;
  private final Listener listener = new Listener();
  private @Nullable JavaFutureAction<Void> job;
  private int submission;

  /**
   * No job yet.
   *
   * @param plan of the first submission
   */
  TrainJob(
      SparkSession session,
      Dealt data,
      TaskPlan plan,
      ActorRef<ToCoordinator> coordinator,
      IntFunction<String> describe) {
    this.session = session;
    this.data = data;
    this.plan = plan;
    this.coordinator = coordinator;
    this.describe = describe;
    session.sparkContext().addSparkListener(listener);
  }

  /**
   * A job that is not submitted yet.
   *
   * @param configuration the resolved configuration, as YAML
   * @param coordinatorAddress as text, for executors
   * @param checkpoints the folder of the run's checkpoints
   * @param socketFolder where Unix-domain sockets of the run lie, on each host
   * @param describe what Spark's page calls a job of so many workers
   */
  public static TrainJob create(
      SparkSession session,
      Dealt data,
      String configuration,
      String runToken,
      String coordinatorAddress,
      ActorRef<ToCoordinator> coordinator,
      String checkpoints,
      String socketFolder,
      IntFunction<String> describe) {
    TaskPlan plan =
        new TaskPlan(
            configuration,
            runToken,
            coordinatorAddress,
            0,
            0,
            data.plan(),
            checkpoints,
            socketFolder);
    return new TrainJob(session, data, plan, coordinator, describe);
  }

  /** Cancels the present job, and submits one with so many tasks. */
  public synchronized void submit(int newSubmission, int workers) {
    cancel();
    submission = newSubmission;
    RDD<StreamRows> streams = data.grouped(workers);
    String group = group(newSubmission);
    session.sparkContext().setJobGroup(group, describe.apply(workers), true);
    try {
      JavaFutureAction<Void> submitted =
          new JavaRDD<>(streams, ClassTag$.MODULE$.<StreamRows>apply(StreamRows.class))
              .foreachPartitionAsync(new ExecutorTask(plan.of(newSubmission, workers)));
      job = submitted;
      Thread watcher =
          new Thread(() -> watch(submitted, newSubmission), "lockstep-job-" + newSubmission);
      watcher.setDaemon(true);
      watcher.start();
    } finally {
      session.sparkContext().clearJobGroup();
    }
  }

  private static String group(int submission) {
    return "lockstep-workers-" + submission;
  }

  private void watch(JavaFutureAction<Void> submitted, int ofSubmission) {
    String reason;
    try {
      submitted.get();
      reason = "all tasks ended";
    } catch (CancellationException | InterruptedException e) {
      reason = "it was cancelled";
    } catch (ExecutionException e) {
      LOG.warn("job {} failed", ofSubmission, e);
      reason = String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    }
    coordinator.tell(new ToCoordinator.JobEnded(ofSubmission, reason));
  }

  private void cancel() {
    JavaFutureAction<Void> present = job;
    if (present != null) {
      present.cancel(true);
    }
    job = null;
  }

  /**
   * Waits until the tasks have ended by themselves, which the coordinator has told them; cancels
   * them where they have not in time.
   */
  public void end(java.time.Duration patience) {
    JavaFutureAction<Void> present;
    synchronized (this) {
      present = job;
    }
    if (present == null) {
      return;
    }
    try {
      present.get(patience.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      LOG.info("the workers' job is cancelled: {}", e.toString());
    }
    close();
  }

  @Override
  public synchronized void close() {
    cancel();
    session.sparkContext().removeSparkListener(listener);
  }

  /** Hears of tasks that fail, also of those that never came to join. */
  private final class Listener extends SparkListener {
    private final Set<Integer> stages = ConcurrentHashMap.newKeySet();

    @Override
    public void onJobStart(SparkListenerJobStart start) {
      String group = start.properties() == null ? null : start.properties().getProperty(GROUP);
      if (group(submission).equals(group)) {
        int last =
            CollectionConverters.asJava(start.stageInfos()).stream()
                .mapToInt(stage -> stage.stageId())
                .max()
                .orElse(-1);
        stages.add(last);
      }
    }

    /**
     * Tasks that were killed, and those that found their data gone with an executor, which Spark
     * deals again, did not fail themselves.
     */
    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (stages.contains(end.stageId())
          && end.reason() instanceof TaskFailedReason reason
          && !(reason instanceof TaskKilled)
          && !(reason instanceof FetchFailed)) {
        coordinator.tell(
            new ToCoordinator.TaskFailed(
                end.taskInfo().partitionId(), end.taskInfo().taskId(), describe(reason)));
      }
    }

    private static String describe(TaskFailedReason reason) {
      return reason instanceof ExceptionFailure failure
          ? failure.className() + ": " + failure.description()
          : reason.toErrorString().lines().findFirst().orElse("unknown");
    }
  }
}
