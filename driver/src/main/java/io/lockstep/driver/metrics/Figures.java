package io.lockstep.driver.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The figures of this process: written where things happen, read by whoever shows them. One for the
 * process, because Spark makes its plugins before there is a run, and the tasks of an executor have
 * nothing else in common. Safe for threads.
 */
public final class Figures {
  private static final Figures OF_PROCESS = new Figures();

  /** The bits of each figure's value; the map itself never changes. */
  private final Map<Figure, AtomicLong> bits = new EnumMap<>(Figure.class);

  /** All zero. */
  Figures() {
    for (Figure figure : Figure.values()) {
      bits.put(figure, new AtomicLong());
    }
  }

  /** Those of this process. */
  public static Figures ofProcess() {
    return OF_PROCESS;
  }

  /** The value. */
  public double get(Figure figure) {
    return Double.longBitsToDouble(bits(figure).get());
  }

  /** Gives it another value. */
  public void set(Figure figure, double value) {
    bits(figure).set(Double.doubleToRawLongBits(value));
  }

  /** Adds to it. */
  public void add(Figure figure, double value) {
    bits(figure)
        .updateAndGet(
            before -> Double.doubleToRawLongBits(Double.longBitsToDouble(before) + value));
  }

  /** A new run begins in this process: its own figures begin at 0. */
  public void reset(Figure.Of of) {
    for (Figure figure : Figure.values()) {
      if (figure.of() == of) {
        set(figure, 0);
      }
    }
  }

  private AtomicLong bits(Figure figure) {
    return Objects.requireNonNull(bits.get(figure));
  }
}
