package io.lockstep.driver.spark;

import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureScaling;
import io.lockstep.common.tree.ReductionTree;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;

/**
 * Mean and standard deviation of each feature, or of each channel's features together, over all
 * streams, in double: within a row in the order of features, within a stream in the order of its
 * rows, over streams by the tree. Two passes: the mean, then the squares of what is left
 * (population: divided by n). What has one value only has deviation 1, and is found by its smallest
 * and largest value, because the rounding of its mean would give it a tiny one.
 */
final class FeatureStatistics {
  private static final double[] ABSENT = {};

  private FeatureStatistics() {}

  /** What standardises the features of these streams. */
  static FeatureScaling.Standardize of(
      RDD<byte[]> streams, ExampleForm form, Consumer<String> notices) {
    int[] each = IntStream.range(0, form.features()).toArray();
    Moments moments = moments(streams, form, each, form.features(), "features", notices);
    return new FeatureScaling.Standardize(moments.mean, moments.deviation);
  }

  /**
   * What standardises the channels of these streams.
   *
   * @param channels how many there are
   * @param run how many features of a channel follow each other
   */
  static FeatureScaling.Channels ofChannels(
      RDD<byte[]> streams, ExampleForm form, int channels, int run, Consumer<String> notices) {
    int[] channelOf = IntStream.range(0, form.features()).map(j -> j / run % channels).toArray();
    Moments moments = moments(streams, form, channelOf, channels, "channels", notices);
    return new FeatureScaling.Channels(moments.mean, moments.deviation, run);
  }

  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  private record Moments(double[] mean, double[] deviation) {}

  /**
   * @param groupOf the group of each feature
   * @param groups how many there are, of equal size
   * @param called what they are called in a notice
   */
  private static Moments moments(
      RDD<byte[]> streams,
      ExampleForm form,
      int[] groupOf,
      int groups,
      String called,
      Consumer<String> notices) {
    JavaRDD<byte[]> rows = new JavaRDD<>(streams, SortedShuffle.BYTES);
    List<Sums> first = rows.mapPartitions(part -> sums(part, form, groupOf, groups)).collect();
    double rowCount = first.stream().mapToDouble(sums -> sums.count).sum(); // whole: exact
    int groupSize = form.features() / groups;
    double count = rowCount * groupSize;
    double[] mean = total(first);
    for (int j = 0; j < mean.length; j++) {
      mean[j] = least(first, j) == most(first, j) ? least(first, j) : mean[j] / count;
    }
    List<Sums> second = rows.mapPartitions(part -> squares(part, form, groupOf, mean)).collect();
    double[] deviation = total(second);
    int constant = 0;
    for (int j = 0; j < mean.length; j++) {
      constant += least(first, j) == most(first, j) ? 1 : 0;
      double spread = StrictMath.sqrt(deviation[j] / count);
      deviation[j] = spread > 0 && least(first, j) != most(first, j) ? spread : 1;
    }
    if (constant > 0) {
      notices.accept(
          constant
              + " of "
              + mean.length
              + " "
              + called
              + " have one value only in the training data; they become 0 there");
    }
    return new Moments(mean, deviation);
  }

  /** The sums of one stream, [groups] each. */
  private static final class Sums implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
    private long count;
    private final double[] sum;
    private final float[] least;
    private final float[] most;

    Sums(int groups) {
      sum = new double[groups];
      least = new float[groups];
      most = new float[groups];
      Arrays.fill(least, Float.POSITIVE_INFINITY);
      Arrays.fill(most, Float.NEGATIVE_INFINITY);
    }
  }

  private static Iterator<Sums> sums(
      Iterator<byte[]> rows, ExampleForm form, int[] groupOf, int groups) {
    Sums sums = new Sums(groups);
    while (rows.hasNext()) {
      byte[] row = rows.next();
      sums.count++;
      for (int j = 0; j < groupOf.length; j++) {
        float value = form.feature(row, j);
        int g = groupOf[j];
        sums.sum[g] += value;
        sums.least[g] = Math.min(sums.least[g], value);
        sums.most[g] = Math.max(sums.most[g], value);
      }
    }
    return List.of(sums).iterator();
  }

  private static Iterator<Sums> squares(
      Iterator<byte[]> rows, ExampleForm form, int[] groupOf, double[] mean) {
    Sums sums = new Sums(mean.length);
    while (rows.hasNext()) {
      byte[] row = rows.next();
      sums.count++;
      for (int j = 0; j < groupOf.length; j++) {
        int g = groupOf[j];
        double centred = form.feature(row, j) - mean[g];
        sums.sum[g] += centred * centred;
      }
    }
    return List.of(sums).iterator();
  }

  private static float least(List<Sums> streams, int j) {
    return (float) streams.stream().mapToDouble(sums -> sums.least[j]).min().orElse(0);
  }

  private static float most(List<Sums> streams, int j) {
    return (float) streams.stream().mapToDouble(sums -> sums.most[j]).max().orElse(0);
  }

  /** The sum over streams by the tree; a stream without rows is absent. */
  private static double[] total(List<Sums> streams) {
    ReductionTree tree = ReductionTree.of(streams.size());
    return sum(tree, tree.root(), streams).clone();
  }

  private static double[] sum(ReductionTree tree, int node, List<Sums> streams) {
    if (tree.isLeaf(node)) {
      Sums sums = streams.get(tree.firstLeaf(node));
      return sums.count == 0 ? ABSENT : sums.sum;
    }
    double[] left = sum(tree, tree.left(node), streams);
    double[] right = sum(tree, tree.right(node), streams);
    if (left == ABSENT || right == ABSENT) {
      return left == ABSENT ? right : left;
    }
    return IntStream.range(0, left.length).mapToDouble(j -> left[j] + right[j]).toArray();
  }
}
