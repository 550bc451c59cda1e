package io.lockstep.worker.engine.layer;

import io.lockstep.common.layout.Role;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.LearnedActivation;
import io.lockstep.worker.engine.initializer.Constant;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer's activation at work: the buffers of what goes into it and comes out, and what it learns.
 * A layer puts {@link #specs} behind its own tensors, writes into {@link #z}, calls {@link
 * #forward}, and finds the gradient of z in {@link #dz} after {@link #backward}:
 *
 * <pre>{@code
 * ActivationWork activation = ActivationWork.after(site, layerActivation);
 * forward:  z = x W + b;  activation.forward(rows);
 * backward: activation.backward(rows, Target.SET);  dW = x' dz; ...
 * }</pre>
 *
 * <p>Rows are positions of all examples, columns the output's channels. Belongs to one thread;
 * allocates nothing a slice.
 */
final class ActivationWork {
  /** Numbers of a {@link Part}: what a layer wrote is still in the second cache. */
  private static final int PART_ELEMENTS = 32 * 1024;

  private final Kernel kernel;
  private final Activation activation;
  private final int columns;
  private final Buffer z;
  private final Buffer y;
  private final Buffer dy;
  private final Buffer dz;
  private final @Nullable Learned learned;

  /** An activation that learns, its numbers and their gradient. */
  private record Learned(LearnedActivation activation, Buffer numbers, Buffer gradient) {}

  /**
   * Some rows of a slice.
   *
   * @param firstRow the number of the first
   * @param rows how many, at most
   * @param activation over these rows
   */
  record Part(int firstRow, int rows, ActivationWork activation) {
    /** How many of them there are in a slice of so many rows. */
    int of(int all) {
      return Math.max(0, Math.min(rows, all - firstRow));
    }
  }

  private ActivationWork(
      Kernel kernel,
      Activation activation,
      int columns,
      Buffer z,
      Buffer y,
      Buffer dy,
      Buffer dz,
      @Nullable Learned learned) {
    this.kernel = kernel;
    this.activation = activation;
    this.columns = columns;
    this.z = z;
    this.y = y;
    this.dy = dy;
    this.dz = dz;
    this.learned = learned;
  }

  /**
   * The activation's tensors, which come last among the layer's: none, or what it learns.
   *
   * @param columns channels of the layer's output
   */
  static List<ParameterSpec> specs(Activation activation, int columns) {
    if (!(activation instanceof LearnedActivation learned)) {
      return List.of();
    }
    int numbers = learned.learned(columns);
    return List.of(
        new ParameterSpec(
            learned.suffix(),
            List.of(numbers),
            Role.BIAS,
            new Constant("constant", learned.first()),
            1,
            1));
  }

  /**
   * The activation at the end of a layer: z is the layer's output itself where that does, dz lies
   * over the output's gradient.
   */
  static ActivationWork after(Site site, Activation activation) {
    Buffer z =
        activation.inPlace()
            ? site.output()
            : site.kernel()
                .allocate(Math.multiplyExact(site.maxExamples(), site.outputShape().size()));
    return of(site, activation, z, site.outputGradient());
  }

  /**
   * The activation as a layer of its own: z is the input; dz is the input's gradient, where it is
   * wanted.
   */
  static ActivationWork alone(Site site, Activation activation) {
    Buffer dz = site.wantsInputGradient() ? site.inputGradient() : site.outputGradient();
    return of(site, activation, site.input(), dz);
  }

  private static ActivationWork of(Site site, Activation activation, Buffer z, Buffer dz) {
    int last = site.parameters().size() - 1;
    Learned learned =
        activation instanceof LearnedActivation learns
            ? new Learned(learns, site.parameters().get(last), site.gradients().get(last))
            : null;
    return new ActivationWork(
        site.kernel(),
        activation,
        site.outputShape().channels(),
        z,
        site.output(),
        site.outputGradient(),
        dz,
        learned);
  }

  /** The same over some of the numbers, for a layer that works through its slice in parts. */
  ActivationWork part(int from, int length) {
    Buffer partY = y.view(from, length);
    Buffer partDy = dy.view(from, length);
    return new ActivationWork(
        kernel,
        activation,
        columns,
        z == y ? partY : z.view(from, length),
        partY,
        partDy,
        dz == dy ? partDy : dz.view(from, length),
        learned);
  }

  /**
   * Parts for a layer that goes on to the activation before it comes to the next rows.
   *
   * @param all most rows of a slice
   */
  List<Part> parts(int all) {
    int together = Math.max(1, PART_ELEMENTS / columns);
    List<Part> parts = new ArrayList<>();
    for (int first = 0; first < all; first += together) {
      int rows = Math.min(together, all - first);
      parts.add(new Part(first, rows, part(first * columns, rows * columns)));
    }
    return List.copyOf(parts);
  }

  /** What goes in: the layer writes it. */
  Buffer z() {
    return z;
  }

  /** The gradient of z, there after {@link #backward}. */
  Buffer dz() {
    return dz;
  }

  /** y = f(z). */
  void forward(int rows) {
    if (learned != null) {
      learned.activation().forward(kernel, z, learned.numbers(), y, rows, columns);
    } else {
      activation.forward(kernel, z, y, rows, columns);
    }
  }

  /**
   * dz from dy, and the gradient of what is learned.
   *
   * @param target whether that gradient is set or added to: set by the first part of a slice
   */
  void backward(int rows, Target target) {
    if (learned != null) {
      learned
          .activation()
          .backward(
              kernel, z, learned.numbers(), dy, dz, target, learned.gradient(), rows, columns);
    } else {
      activation.backward(kernel, z, y, dy, dz, rows, columns);
    }
  }
}
