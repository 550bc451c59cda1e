package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Adafactor (Shazeer, Stern 2018, "Adafactor: adaptive learning rates with sublinear memory cost",
 * Algorithms 4 and 5), by default in the form of {@code torch.optim.Adafactor}: the second moment
 * of a matrix is kept as averages over its rows and over its columns.
 *
 * <pre>
 * take   = t^beta2Decay;  keep = 1 - take
 * s      = g^2                                                  s = g^2 + epsilon1 with epsilonAdded
 * R[r]   = keep R[r] + take mean of s over the row              factored
 * C[c]   = keep C[c] + take mean of s over the column
 * v[r,c] = R[r] C[c] / max(mean of R, epsilon1)                 without the bound with epsilonAdded
 * v      = keep v + take s                                      not factored
 * u      = g / sqrt(max(v, epsilon1^2))                         without the bound with epsilonAdded
 * rho    = min(rate, 1 / sqrt(t))                               rho = rate without relativeStep
 * alpha  = max(epsilon2, RMS(w)) rho                            alpha = rho without scaleParameter
 * d      = alpha u / max(1, RMS(u) / clippingThreshold)
 * m      = beta1 m + (1 - beta1) d;  d = m                      with beta1
 * w      = w - (decay w + d)                  decay = weightDecay times rate, or as decayTimes says
 * </pre>
 *
 * Factored are tensors of two or more extents, each matrix of the last two by itself, where both
 * are at least {@code minimumFactoredDimension}. RMS is over a tensor. Which library is which:
 *
 * <ul>
 *   <li>{@code torch.optim.Adafactor}: the defaults.
 *   <li>{@code transformers.Adafactor} (T5): {@code epsilonAdded: true, epsilon1: 1e-30}; with its
 *       relative step {@code learningRate: 0.01}, and {@code 0.000001 t} as a warm-up where it has
 *       warmup_init; otherwise {@code relativeStep: false}. Its decay is {@code decayTimes: step}.
 *   <li>{@code optax.adafactor}: {@code epsilonAdded: true, epsilon1: 1e-30, relativeStep: false,
 *       minimumFactoredDimension: 128, decayTimes: constant}. For tensors of more than two extents
 *       it factors over the two largest; here it is always the last two.
 * </ul>
 *
 * A statistic is kept by the chunk that {@link Factors} calls its owner. What a column or a split
 * row needs of several chunks is a sum of the first round, to which its owner adds what it keeps;
 * the total is the new average. Where chunks hold whole matrices nothing needs to be summed. Sums
 * over chunks are taken in double, statistics are kept in float32, u in the gradient's place.
 */
final class Adafactor implements UpdateRule {
  private static final Key<Double> BETA2_DECAY =
      Key.number(
          "beta2Decay", -0.8, Range.closed(-1, 0), "power of t that a new square is taken with");
  private static final Key<Double> EPSILON1 =
      Key.number("epsilon1", Math.ulp(1f), Range.POSITIVE, "the least root of v, or added to g^2");
  private static final Key<Boolean> EPSILON_ADDED =
      Key.flag("epsilonAdded", false, "add epsilon1 to g^2, as the paper, in place of bounds");
  private static final Key<Double> EPSILON2 =
      Key.number("epsilon2", 1e-3, Range.NOT_NEGATIVE, "the least RMS that parameters count for");
  private static final Key<Double> CLIPPING_THRESHOLD =
      Key.number("clippingThreshold", 1.0, Range.POSITIVE, "the RMS that u may reach");
  private static final Key<Boolean> RELATIVE_STEP =
      Key.flag("relativeStep", true, "the rate is at most 1 / sqrt(t)");
  private static final Key<Boolean> SCALE_PARAMETER =
      Key.flag("scaleParameter", true, "the rate is times the RMS of the tensor's parameters");
  private static final Key<Integer> MINIMUM_FACTORED_DIMENSION =
      Key.integer(
          "minimumFactoredDimension",
          1,
          Range.closed(1, Double.POSITIVE_INFINITY),
          "the least of the last two extents of a tensor that is factored");
  private static final Key<Double> BETA1 =
      Key.number("beta1", 0, Range.FRACTION, "part of the last step that a step keeps");
  private static final Key<String> DECAY_TIMES =
      Key.choice(
          "decayTimes",
          "rate",
          List.of("rate", "schedule", "step", "constant"),
          "decay times the rate, rate over base rate, alpha, or nothing");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "adafactor",
          "Second moments of matrices as averages over rows and columns (Shazeer, Stern 2018).",
          List.of(
              BETA2_DECAY,
              EPSILON1,
              EPSILON_ADDED,
              EPSILON2,
              CLIPPING_THRESHOLD,
              RELATIVE_STEP,
              SCALE_PARAMETER,
              MINIMUM_FACTORED_DIMENSION,
              BETA1,
              WeightDecay.DECOUPLED,
              DECAY_TIMES,
              WeightDecay.EXCLUDE),
          Adafactor::new);

  static final Guide GUIDE =
      new Guide(
          "Shazeer, Stern 2018, Adafactor: adaptive learning rates with sublinear memory cost, "
              + "arXiv 1804.04235",
          """
          take   = t^beta2Decay;  keep = 1 - take
          R[r]   = keep R[r] + take mean of s over the row              factored
          C[c]   = keep C[c] + take mean of s over the column
          u      = g / sqrt(max(v, epsilon1^2))                         without the bound with epsilonAdded
          rho    = min(rate, 1 / sqrt(t))                               rho = rate without relativeStep
          alpha  = max(epsilon2, RMS(w)) rho                            alpha = rho without scaleParameter
          d      = alpha u / max(1, RMS(u) / clippingThreshold)
          w      = w - (decay w + d)                  decay = weightDecay times rate, or as decayTimes says
          """,
          "Large language models with next to no state: T5 and PaLM were trained with it. Less "
              + "steady than adam where memory is no concern.",
          "0.01, of which the step's part is 1 / sqrt(t) at most and in proportion to the tensor "
              + "(the paper, T5).",
          "128 to 2048 sequences (Raffel et al. 2020, Chowdhery et al. 2022).");

  private static final int STATISTICS = 0;
  private static final int ROWS = 0;
  private static final int COLUMNS = 1;

  /** Columns whose factors are computed at a time. */
  private static final int BLOCK = ChunkSums.BLOCK;

  private final double beta2Decay;
  private final double epsilon1;
  private final boolean epsilonAdded;
  private final double epsilon2;
  private final double clippingThreshold;
  private final boolean relativeStep;
  private final boolean scaleParameter;
  private final int minimumFactoredDimension;
  private final double beta1;
  private final WeightDecay weightDecay;
  private final String decayTimes;

  private Adafactor(Options options) {
    this.beta2Decay = options.get(BETA2_DECAY);
    this.epsilon1 = options.get(EPSILON1);
    this.epsilonAdded = options.get(EPSILON_ADDED);
    this.epsilon2 = options.get(EPSILON2);
    this.clippingThreshold = options.get(CLIPPING_THRESHOLD);
    this.relativeStep = options.get(RELATIVE_STEP);
    this.scaleParameter = options.get(SCALE_PARAMETER);
    this.minimumFactoredDimension = options.get(MINIMUM_FACTORED_DIMENSION);
    this.beta1 = options.get(BETA1);
    this.weightDecay = WeightDecay.beside(options, WeightDecay.DECOUPLED);
    this.decayTimes = options.get(DECAY_TIMES);
  }

  private boolean isFactored(TensorSpec tensor) {
    if (tensor.shape().size() < 2) {
      return false;
    }
    Factors factors = Factors.of(tensor);
    return Math.min(factors.rows(), factors.columns()) >= minimumFactoredDimension;
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    List<String> names = new ArrayList<>();
    names.addAll(isFactored(tensor) ? List.of("rows", "columns") : List.of("v"));
    if (beta1 != 0) {
      names.add("m");
    }
    return names;
  }

  @Override
  public int stateLength(int array, TensorSpec tensor, Chunk chunk) {
    if (!isFactored(tensor) || array > COLUMNS) {
      return chunk.length();
    }
    Factors factors = Factors.of(tensor);
    return array == ROWS ? factors.ownRows(chunk) : factors.ownColumns(chunk);
  }

  /** g and w for their sums; then u, written in the place of g, and w. */
  @Override
  public int laterPassBytes() {
    return 4 * Float.BYTES;
  }

  @Override
  public int rounds() {
    return 2;
  }

  /**
   * In the first round |w|^2, then new averages: those of all columns, the means of the rows', and
   * where rows are split those of all rows. In the second |u|^2.
   */
  @Override
  public int sums(int round, TensorSpec tensor, int chunkElements) {
    if (round != STATISTICS || !isFactored(tensor)) {
      return 1;
    }
    Factors factors = Factors.of(tensor);
    if (factors.isLocal(chunkElements)) {
      return 1;
    }
    return Sums.length(factors, factors.splitsRows(chunkElements));
  }

  /** Where the sums of the first round are. */
  private static final class Sums {
    private Sums() {}

    static int column(Factors factors, int matrix, int column) {
      return 1 + matrix * factors.columns() + column;
    }

    static int mean(Factors factors, int matrix) {
      return 1 + factors.matrices() * factors.columns() + matrix;
    }

    static int row(Factors factors, int matrix, int row) {
      return mean(factors, factors.matrices()) + matrix * factors.rows() + row;
    }

    static int length(Factors factors, boolean splitsRows) {
      return row(factors, splitsRows ? factors.matrices() : 0, 0);
    }
  }

  @Override
  public void round(int round, ChunkState chunk, Update update, Totals totals, double[] sums) {
    double take = StrictMath.pow((double) update.number(), beta2Decay);
    if (round == STATISTICS) {
      Arrays.fill(sums, 0);
      sums[0] = scaleParameter ? ChunkSums.squares(chunk.parameters(), chunk.length()) : 0;
      if (sums.length > 1) {
        addStatistics(chunk, take, sums);
      }
      return;
    }
    if (!isFactored(chunk.tensor())) {
      directPlain(chunk, take);
    } else if (isLocal(chunk)) {
      directLocal(chunk, take);
    } else {
      directByTotals(chunk, totals.tensor(chunk, STATISTICS));
    }
    sums[0] = ChunkSums.squares(chunk.gradient(), chunk.length());
  }

  private static boolean isLocal(ChunkState chunk) {
    return Factors.of(chunk.tensor()).isLocal(chunk.length());
  }

  // ---- statistics over several chunks

  /** The chunk's part of the new averages. */
  private void addStatistics(ChunkState chunk, double take, double[] sums) {
    Factors factors = Factors.of(chunk.tensor());
    float[] rows = chunk.state(ROWS);
    float[] columns = chunk.state(COLUMNS);
    Squares squares = new Squares();
    int ownRow = 0;
    int ownColumn = 0;
    for (Factors.Runs run = factors.runs(chunk.chunk()); run.next(); ) {
      int firstColumn = Sums.column(factors, run.matrix(), run.column());
      double[] rowSquares = squares.add(chunk.gradient(), run, sums, firstColumn);
      for (int r = 0; r < run.rows(); r++) {
        double row = take * rowSquares[r] / factors.columns();
        if (run.column() == 0) {
          row += (1 - take) * rows[ownRow] + take * added();
        }
        if (run.isSplit()) {
          sums[Sums.row(factors, run.matrix(), run.row())] = row;
        } else {
          rows[ownRow] = (float) row;
        }
        sums[Sums.mean(factors, run.matrix())] += row / factors.rows();
        ownRow += run.column() == 0 ? 1 : 0;
      }
      for (int c = firstColumn; c < firstColumn + run.width(); c++) {
        sums[c] *= take / factors.rows();
        if (run.row() == 0) {
          sums[c] += (1 - take) * columns[ownColumn++] + take * added();
        }
      }
    }
  }

  /** Takes the new averages from the totals into the state, and makes u of the gradient. */
  private void directByTotals(ChunkState chunk, double[] totals) {
    Factors factors = Factors.of(chunk.tensor());
    float[] rows = chunk.state(ROWS);
    float[] columns = chunk.state(COLUMNS);
    float[] splitRow = new float[1];
    int ownRow = 0;
    int ownColumn = 0;
    for (Factors.Runs run = factors.runs(chunk.chunk()); run.next(); ) {
      if (run.isSplit()) {
        splitRow[0] = (float) totals[Sums.row(factors, run.matrix(), run.row())];
        if (run.column() == 0) {
          rows[ownRow] = splitRow[0];
        }
      }
      int firstColumn = Sums.column(factors, run.matrix(), run.column());
      for (int c = 0; run.row() == 0 && c < run.width(); c++) {
        columns[ownColumn++] = (float) totals[firstColumn + c];
      }
      double mean = totals[Sums.mean(factors, run.matrix())];
      float[] rowAverages = run.isSplit() ? splitRow : rows;
      int firstRow = run.isSplit() ? 0 : ownRow;
      direct(chunk.gradient(), run, rowAverages, firstRow, mean, totals, firstColumn);
      ownRow += run.column() == 0 ? run.rows() : 0;
    }
  }

  // ---- statistics within a chunk

  /** The new averages of whole matrices, and u of the gradient. */
  private void directLocal(ChunkState chunk, double take) {
    Factors factors = Factors.of(chunk.tensor());
    float[] rows = chunk.state(ROWS);
    float[] columns = chunk.state(COLUMNS);
    double[] sums = new double[factors.columns()];
    Squares squares = new Squares();
    int firstRow = 0;
    int firstColumn = 0;
    for (Factors.Runs run = factors.runs(chunk.chunk()); run.next(); ) {
      Arrays.fill(sums, 0);
      double mean = 0;
      double[] rowSquares = squares.add(chunk.gradient(), run, sums, 0);
      for (int r = 0; r < run.rows(); r++) {
        double row = rows[firstRow + r];
        row = (1 - take) * row + take * (rowSquares[r] / factors.columns() + added());
        rows[firstRow + r] = (float) row;
        mean += row / factors.rows();
      }
      for (int c = 0; c < sums.length; c++) {
        double column = columns[firstColumn + c];
        sums[c] = (1 - take) * column + take * (sums[c] / factors.rows() + added());
        columns[firstColumn + c] = (float) sums[c];
      }
      direct(chunk.gradient(), run, rows, firstRow, mean, sums, 0);
      firstRow += run.rows();
      firstColumn += run.width();
    }
  }

  private void directPlain(ChunkState chunk, double take) {
    directPlain(
        chunk.length(),
        chunk.gradient(),
        chunk.state(0),
        (float) (1 - take),
        (float) take,
        (float) added(),
        epsilonAdded ? Float.MIN_NORMAL : (float) epsilon1);
  }

  private static void directPlain(
      int n, float[] g, float[] v, float keep, float take, float added, float least) {
    for (int i = 0; i < n; i++) {
      v[i] = keep * v[i] + take * (g[i] * g[i] + added);
      g[i] /= Math.max((float) Math.sqrt(v[i]), least);
    }
  }

  // ---- loops

  /** What is added to every squared gradient. */
  private double added() {
    return epsilonAdded ? epsilon1 : 0;
  }

  /**
   * The squares of gradients, by row and by column. A part of a row is copied to where all loops
   * have one index, and C2 vectorises them; its squares are added to their columns in float32 over
   * {@link #ROWS_IN_FLOAT} rows and then in double, and along the row in float32 by halves.
   */
  private static final class Squares {
    private static final int ROWS_IN_FLOAT = 16;
    private static final int FEW = 32;

    private final float[] row = new float[BLOCK];
    private final float[] half = new float[BLOCK / 2];
    private final float[] columns = new float[BLOCK];

    /**
     * Adds a run.
     *
     * @param sums receive the columns' squares, added to what is there
     * @param first the place of the run's first column in {@code sums}
     * @return [rows], the rows' own sums
     */
    double[] add(float[] g, Factors.Runs run, double[] sums, int first) {
      double[] rows = new double[run.rows()];
      for (int block = 0; block < run.width(); block += BLOCK) {
        int width = Math.min(BLOCK, run.width() - block);
        for (int r = 0; r < rows.length; r++) {
          System.arraycopy(g, run.at() + r * run.width() + block, row, 0, width);
          square(width, row, columns);
          rows[r] += sum(width);
          if ((r + 1) % ROWS_IN_FLOAT == 0 || r + 1 == rows.length) {
            move(width, columns, sums, first + block);
          }
        }
      }
      return rows;
    }

    private static void square(int n, float[] row, float[] columns) {
      for (int c = 0; c < n; c++) {
        row[c] *= row[c];
        columns[c] += row[c];
      }
    }

    private static void move(int n, float[] columns, double[] sums, int first) {
      for (int c = 0; c < n; c++) {
        sums[first + c] += columns[c];
        columns[c] = 0;
      }
    }

    /** The sum of the first elements of {@link #row}, which is lost. */
    private double sum(int length) {
      int n = length;
      while (n > FEW) {
        int behind = n / 2;
        n -= behind;
        System.arraycopy(row, n, half, 0, behind);
        add(behind, row, half);
      }
      double sum = 0;
      for (int c = 0; c < n; c++) {
        sum += row[c];
      }
      return sum;
    }

    private static void add(int n, float[] to, float[] other) {
      for (int c = 0; c < n; c++) {
        to[c] += other[c];
      }
    }
  }

  /** u = g / sqrt(v) over a run, with the factors of a block of columns at a time. */
  private void direct(
      float[] g,
      Factors.Runs run,
      float[] rows,
      int firstRow,
      double mean,
      double[] columns,
      int firstColumn) {
    double boundedMean = Math.max(mean, epsilonAdded ? Double.MIN_NORMAL : epsilon1);
    float most = epsilonAdded ? Float.MAX_VALUE : (float) (1 / epsilon1);
    float[] factors = new float[Math.min(BLOCK, run.width())];
    float[] part = new float[factors.length];
    for (int block = 0; block < run.width(); block += BLOCK) {
      int width = Math.min(BLOCK, run.width() - block);
      float largest = 0;
      for (int c = 0; c < width; c++) {
        factors[c] = (float) (1 / Math.sqrt(columns[firstColumn + block + c]));
        largest = Math.max(largest, factors[c]);
      }
      for (int r = 0; r < run.rows(); r++) {
        float row = (float) Math.sqrt(boundedMean / rows[firstRow + r]);
        int at = run.at() + r * run.width() + block;
        if (row * largest < most) {
          System.arraycopy(g, at, part, 0, width);
          scale(width, part, row, factors);
          System.arraycopy(part, 0, g, at, width);
        } else {
          scale(g, at, width, row, factors, most);
        }
      }
    }
  }

  /** g times row times column; a copy of g, so that there is one index. */
  private static void scale(int n, float[] g, float row, float[] columns) {
    for (int c = 0; c < n; c++) {
      g[c] *= row * columns[c];
    }
  }

  /** g times row times column, a factor of at most {@code most}, which stands for NaN too. */
  private static void scale(float[] g, int at, int n, float row, float[] columns, float most) {
    for (int c = 0; c < n; c++) {
      float factor = row * columns[c];
      g[at + c] *= factor < most ? factor : most;
    }
  }

  // ---- the step

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    int n = chunk.length();
    double size = chunk.tensor().size();
    double parameterRms = Math.sqrt(totals.tensor(chunk, STATISTICS, 0) / size);
    double directionRms = Math.sqrt(totals.tensor(chunk, 1, 0) / size);
    double rate = update.learningRate();
    double rho = relativeStep ? Math.min(rate, 1 / Math.sqrt((double) update.number())) : rate;
    double alpha = scaleParameter ? Math.max(epsilon2, parameterRms) * rho : rho;
    float step = (float) (alpha / Math.max(1, directionRms / clippingThreshold));
    double times =
        switch (decayTimes) {
          case "rate" -> rate;
          case "schedule" -> update.scheduleFactor();
          case "step" -> alpha;
          default -> 1;
        };
    float decay = weightDecay.besideStep(chunk.tensor(), times);
    if (beta1 == 0) {
      descend(n, chunk.parameters(), chunk.gradient(), step, decay);
    } else {
      float[] m = chunk.state(isFactored(chunk.tensor()) ? COLUMNS + 1 : 1);
      descend(n, chunk.parameters(), chunk.gradient(), m, step, decay);
    }
  }

  private static void descend(int n, float[] w, float[] u, float step, float decay) {
    for (int i = 0; i < n; i++) {
      w[i] -= decay * w[i] + step * u[i];
    }
  }

  private void descend(int n, float[] w, float[] u, float[] m, float step, float decay) {
    float keep = (float) beta1;
    float take = (float) ((1 - beta1) * step);
    for (int i = 0; i < n; i++) {
      m[i] = keep * m[i] + take * u[i];
      w[i] -= decay * w[i] + m[i];
    }
  }
}
