package io.lockstep.driver.spark.source;

/**
 * The weights of a bilinear filter along one side of a picture, wide enough that nothing is passed
 * over where it shrinks: target i looks from the centre (i + 1/2) s, s being source length over
 * target length; source k weighs max(0, 1 - |k + 1/2 - centre| / max(s, 1)), over the sum of those.
 * In double, by additions, multiplications and divisions in a fixed order, so that every machine
 * gives the same bytes.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Resampling(int[] firsts, double[][] weights) {
  static Resampling of(int from, int to) {
    double scale = (double) from / to;
    double reach = Math.max(scale, 1);
    int[] firsts = new int[to];
    double[][] weights = new double[to][];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int first = Math.max(0, (int) Math.floor(centre - reach));
      int end = Math.min(from, (int) Math.ceil(centre + reach));
      double[] row = new double[end - first];
      double sum = 0;
      for (int k = first; k < end; k++) {
        row[k - first] = Math.max(0, 1 - Math.abs(k + 0.5 - centre) / reach);
        sum += row[k - first];
      }
      for (int k = 0; k < row.length; k++) {
        row[k] /= sum;
      }
      firsts[i] = first;
      weights[i] = row;
    }
    return new Resampling(firsts, weights);
  }

  /** The first source that target {@code i} looks at. */
  int first(int i) {
    return firsts[i];
  }

  /** One more than the last. */
  int end(int i) {
    return firsts[i] + weights[i].length;
  }

  /** What source {@code k} weighs in target {@code i}. */
  double weight(int i, int k) {
    return weights[i][k - firsts[i]];
  }
}
