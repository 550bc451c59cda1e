package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.layer.Cell.State;
import io.lockstep.worker.engine.layer.Matrix.Form;
import java.util.Arrays;

/**
 * {@link Recurrent} at work. The input's products for all positions are one product of matrices,
 * the state's one for each position; examples lie one after another, so the rows of one position
 * are a whole example apart, and BLAS takes them as they lie. What goes into every step is kept,
 * and gates become their gradients in place on the way back.
 */
final class RecurrentWork implements Operation {
  private final Site site;
  private final Kernel kernel;
  private final Cell.Kind kind;
  private final Cell cell;
  private final int units;
  private final int columns;
  private final int in;
  private final int length;
  private final boolean sequence;
  private final boolean reverse;
  private final Buffer gates;
  private final Buffer recurrent;
  private final Buffer recurrentSums;
  private final Buffer before;
  private final Buffer after;
  private final Buffer carriedBefore;
  private final Buffer carriedAfter;
  private final Buffer stateGradient;
  private final Buffer carriedGradient;
  private final double[][] gateRow;
  private final double[][] recurrentRow;
  private final double[] lastBias;
  private final State old;
  private final State made;
  private final State gradient;
  private final double[] upstream;

  RecurrentWork(
      Site site, Cell.Kind kind, Cell cell, int units, boolean sequence, boolean reverse) {
    this.site = site;
    this.kernel = site.kernel();
    this.kind = kind;
    this.cell = cell;
    this.units = units;
    this.columns = kind.gates() * units;
    this.sequence = sequence;
    this.reverse = reverse;
    in = site.inputShape().channels();
    length = site.inputShape().positions();
    int positions = Math.multiplyExact(site.maxExamples(), length);
    gates = kernel.allocate(Math.multiplyExact(positions, columns));
    recurrent = kernel.allocate(kind.keepsApart() ? gates.length() : 0);
    recurrentSums = kernel.allocate(kind.keepsApart() ? columns : 0);
    before = kernel.allocate(positions * units); // zero at first positions, and stays so
    after = sequence ? site.output() : kernel.allocate(positions * units);
    carriedBefore = kernel.allocate(kind.carries() ? positions * units : 0);
    carriedAfter = kernel.allocate(kind.carries() ? positions * units : 0);
    stateGradient = kernel.allocate(site.maxExamples() * units);
    carriedGradient = kernel.allocate(kind.carries() ? site.maxExamples() * units : 0);
    gateRow = new double[kind.gates()][units];
    recurrentRow = new double[kind.keepsApart() ? kind.gates() : 0][units];
    lastBias = new double[units];
    old = new State(units);
    made = new State(units);
    gradient = new State(units);
    upstream = new double[units];
  }

  /** The position of a step: the first is 0, or the last position where time runs backwards. */
  private int position(int step) {
    return reverse ? length - 1 - step : step;
  }

  @Override
  public void forward(Pass pass) {
    int n = pass.examples();
    kernel.repeatRow(site.parameters().get(2), 0, gates, n * length, columns);
    Matrix.of(gates, columns)
        .product(
            kernel,
            Target.ADD,
            Form.AB,
            n * length,
            columns,
            in,
            Matrix.of(site.input(), in),
            inputWeights(site.parameters().get(0)));
    if (kind.keepsApart()) {
      site.parameters().get(3).read(0, lastBias, units);
    }
    for (int step = 0; step < length; step++) {
      int position = position(step);
      if (step > 0) {
        products(position)
            .product(
                kernel,
                kind.keepsApart() ? Target.SET : Target.ADD,
                Form.AB,
                n,
                columns,
                units,
                new Matrix(before, position * units, length * units),
                Matrix.of(site.parameters().get(1), columns));
      }
      for (int example = 0; example < n; example++) {
        forward(step, example * length + position);
      }
    }
    if (!sequence) {
      int last = position(length - 1);
      for (int example = 0; example < n; example++) {
        after.read((example * length + last) * units, upstream, units);
        site.output().write(example * units, upstream, units);
      }
    }
  }

  private void forward(int step, int row) {
    read(gates, row, gateRow);
    read(recurrent, row, recurrentRow);
    if (kind.keepsApart()) {
      prepareRecurrent(step);
    }
    read(before, carriedBefore, row, old);
    cell.forward(gateRow, recurrentRow, old, made);
    write(gates, row, gateRow);
    write(recurrent, row, recurrentRow);
    write(after, carriedAfter, row, made);
    if (step + 1 < length) {
      write(before, carriedBefore, row + (reverse ? -1 : 1), made);
    }
  }

  /** The state's products: zero where there is no state yet; the last gate has its own term. */
  private void prepareRecurrent(int step) {
    double[] last = recurrentRow[recurrentRow.length - 1];
    if (step == 0) {
      for (double[] row : recurrentRow) {
        Arrays.fill(row, 0);
      }
    }
    for (int u = 0; u < units; u++) {
      last[u] += lastBias[u];
    }
  }

  @Override
  public void backward(Pass pass) {
    int n = pass.examples();
    kernel.fill(0, stateGradient, n * units);
    kernel.fill(0, carriedGradient, kind.carries() ? n * units : 0);
    for (int step = length - 1; step >= 0; step--) {
      int position = position(step);
      for (int example = 0; example < n; example++) {
        backward(step, example, example * length + position);
      }
      Matrix.of(stateGradient, units)
          .product(
              kernel,
              Target.ADD,
              Form.ABT,
              n,
              units,
              columns,
              products(position),
              Matrix.of(site.parameters().get(1), columns));
    }
    gradients(n * length);
  }

  private void backward(int step, int example, int row) {
    read(gates, row, gateRow);
    read(recurrent, row, recurrentRow);
    read(before, carriedBefore, row, old);
    read(after, carriedAfter, row, made);
    read(stateGradient, carriedGradient, example, gradient);
    if (sequence || step == length - 1) {
      site.outputGradient().read((sequence ? row : example) * units, upstream, units);
      for (int u = 0; u < units; u++) {
        gradient.h()[u] += upstream[u];
      }
    }
    cell.backward(gateRow, recurrentRow, old, made, gradient);
    write(gates, row, gateRow);
    write(recurrent, row, recurrentRow);
    write(stateGradient, carriedGradient, example, gradient);
  }

  /** dWx = x' dz, dWh = h' du, db and dbn the sums of rows, dx = dz Wx'. */
  private void gradients(int rows) {
    Matrix x = Matrix.of(site.input(), in);
    Matrix dz = Matrix.of(gates, columns);
    Matrix du = Matrix.of(kind.keepsApart() ? recurrent : gates, columns);
    inputWeights(site.gradients().get(0))
        .product(kernel, Target.SET, Form.ATB, in, columns, rows, x, dz);
    Matrix.of(site.gradients().get(1), columns)
        .product(kernel, Target.SET, Form.ATB, units, columns, rows, Matrix.of(before, units), du);
    kernel.sumRows(gates, rows, columns, Target.SET, site.gradients().get(2), 0);
    if (kind.keepsApart()) {
      kernel.sumRows(recurrent, rows, columns, Target.SET, recurrentSums, 0);
      recurrentSums.read(columns - units, upstream, units);
      site.gradients().get(3).write(0, upstream, units);
    }
    if (site.wantsInputGradient()) {
      Matrix.of(site.inputGradient(), in)
          .product(
              kernel,
              Target.SET,
              Form.ABT,
              rows,
              in,
              columns,
              dz,
              inputWeights(site.parameters().get(0)));
    }
  }

  private Matrix inputWeights(Buffer tensor) {
    return Matrix.of(tensor, columns);
  }

  /** Where the products of the state go at one position: a row an example. */
  private Matrix products(int position) {
    return new Matrix(kind.keepsApart() ? recurrent : gates, position * columns, length * columns);
  }

  private void read(Buffer buffer, int row, double[][] parts) {
    for (int part = 0; part < parts.length; part++) {
      buffer.read(row * columns + part * units, parts[part], units);
    }
  }

  private void write(Buffer buffer, int row, double[][] parts) {
    for (int part = 0; part < parts.length; part++) {
      buffer.write(row * columns + part * units, parts[part], units);
    }
  }

  private void read(Buffer h, Buffer c, int row, State state) {
    h.read(row * units, state.h(), units);
    if (kind.carries()) {
      c.read(row * units, state.c(), units);
    }
  }

  private void write(Buffer h, Buffer c, int row, State state) {
    h.write(row * units, state.h(), units);
    if (kind.carries()) {
      c.write(row * units, state.c(), units);
    }
  }
}
