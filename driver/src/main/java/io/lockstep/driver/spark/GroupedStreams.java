package io.lockstep.driver.spark;

import io.lockstep.common.data.StreamKind;
import io.lockstep.common.tree.ReductionTree;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.Dependency;
import org.apache.spark.NarrowDependency;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * The streams as the workers get them: partition w holds the streams {@code [w M / W, (w + 1) M /
 * W)} by {@link ReductionTree#runStart}, each training stream followed by the validation stream of
 * its number. Narrow: nothing is moved between executors but what Spark has to fetch, and who gets
 * which streams depends on M and W alone, never on where blocks lie (the default {@code coalesce}
 * groups by locality).
 *
 * <p>An element is a stream whose rows are read lazily, straight from the cached block; a task must
 * read a stream before it asks for the next one.
 */
public final class GroupedStreams extends RDD<StreamRows> {
  private static final long serialVersionUID = 1L;

  // Spark ships an RDD with its dependencies and clears these two on a checkpoint only.
  private final RDD<byte[]> training;
  private final RDD<byte[]> validation;
  private final int workers;

  /**
   * @param training M partitions, stream m in partition m
   * @param validation M partitions as well
   * @param workers W, from 1 to M
   */
  public GroupedStreams(RDD<byte[]> training, RDD<byte[]> validation, int workers) {
    super(
        training.context(),
        CollectionConverters.asScala(
                List.<Dependency<?>>of(
                    new Run(training, training.getNumPartitions(), workers),
                    new Run(validation, training.getNumPartitions(), workers)))
            .toSeq(),
        ClassTag$.MODULE$.apply(StreamRows.class));
    int streams = training.getNumPartitions();
    if (validation.getNumPartitions() != streams) {
      throw new IllegalArgumentException(
          "training and validation must have as many streams, got "
              + streams
              + " and "
              + validation.getNumPartitions());
    }
    if (workers < 1 || workers > streams) {
      throw new IllegalArgumentException(
          "workers must be in [1, " + streams + "] for " + streams + " streams, got " + workers);
    }
    this.training = training;
    this.validation = validation;
    this.workers = workers;
  }

  @Override
  public Partition[] getPartitions() {
    Partition[] trainingStreams = training.partitions();
    Partition[] validationStreams = validation.partitions();
    ReductionTree tree = ReductionTree.of(trainingStreams.length);
    Partition[] runs = new Partition[workers];
    for (int w = 0; w < workers; w++) {
      List<Partition> parents = new ArrayList<>();
      for (int m = tree.runStart(w, workers); m < tree.runStart(w + 1, workers); m++) {
        parents.add(trainingStreams[m]);
        parents.add(validationStreams[m]);
      }
      runs[w] = new RunPartition(w, tree.runStart(w, workers), parents);
    }
    return runs;
  }

  @Override
  public scala.collection.Iterator<StreamRows> compute(Partition split, TaskContext context) {
    RunPartition run = (RunPartition) split;
    Iterator<StreamRows> streams =
        IntStream.range(0, run.parents.size()).mapToObj(i -> rows(run, i, context)).iterator();
    return CollectionConverters.asScala(streams);
  }

  private StreamRows rows(RunPartition run, int i, TaskContext context) {
    StreamKind kind = i % 2 == 0 ? StreamKind.TRAINING : StreamKind.VALIDATION;
    RDD<byte[]> parent = kind == StreamKind.TRAINING ? training : validation;
    return new StreamRows(
        run.firstStream + i / 2,
        kind,
        CollectionConverters.asJava(parent.iterator(run.parents.get(i), context)));
  }

  /** A worker's run of streams: training and validation partition by turns. */
  private static final class RunPartition implements Partition {
    private static final long serialVersionUID = 1L;
    private final int worker;
    private final int firstStream;
    private final ArrayList<Partition> parents;

    RunPartition(int worker, int firstStream, List<Partition> parents) {
      this.worker = worker;
      this.firstStream = firstStream;
      this.parents = new ArrayList<>(parents);
    }

    @Override
    public int index() {
      return worker;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof RunPartition run && run.worker == worker;
    }

    @Override
    public int hashCode() {
      return worker;
    }
  }

  /** Partition w needs the parent's partitions of its run. */
  private static final class Run extends NarrowDependency<byte[]> {
    private static final long serialVersionUID = 1L;
    private final int streams;
    private final int workers;

    Run(RDD<byte[]> parent, int streams, int workers) {
      super(parent);
      this.streams = streams;
      this.workers = workers;
    }

    @Override
    public scala.collection.immutable.Seq<Object> getParents(int worker) {
      ReductionTree tree = ReductionTree.of(streams);
      List<Object> parents = new ArrayList<>();
      for (int m = tree.runStart(worker, workers); m < tree.runStart(worker + 1, workers); m++) {
        parents.add(m);
      }
      return CollectionConverters.asScala(parents).toSeq();
    }
  }
}
