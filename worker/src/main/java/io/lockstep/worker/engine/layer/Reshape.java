package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * The same numbers in another shape, in the order of the extents as written: an image goes channel
 * by channel, although it lies channels last in memory.
 */
final class Reshape implements Layer {
  private static final Key<List<Integer>> SHAPE =
      Key.integers(
              "shape",
              List.of(),
              Range.closed(1, Integer.MAX_VALUE),
              "[features], [length, width] or [channels, height, width], as many numbers as before")
          .required();

  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "reshape",
          "the same numbers in another shape, in the order of the extents",
          List.of(SHAPE),
          Reshape::new);

  private final Options section;
  private final Shape shape;

  private Reshape(Options section) {
    this.section = section;
    List<Integer> extents = section.get(SHAPE);
    if (extents.isEmpty() || extents.size() > 3) {
      throw section.error(SHAPE, "must be one, two or three numbers");
    }
    this.shape = new Shape(extents);
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Shape before = new Place(section).single(inputs);
    if (before.size() != shape.size()) {
      throw section.error(
          SHAPE, "must have as many numbers as " + before + ", which has " + before.size());
    }
    return shape;
  }

  @Override
  public boolean passesThrough(List<Shape> inputs) {
    return (inputs.get(0).liesAsWritten() && shape.liesAsWritten()) || inputs.get(0).equals(shape);
  }

  @Override
  public Operation operation(Site site) {
    Kernel kernel = site.kernel();
    Shape before = site.inputShape();
    boolean both = !before.liesAsWritten() && !shape.liesAsWritten();
    Buffer written = kernel.allocate(both ? site.maxExamples() * shape.size() : 0);
    return new Operation() {
      @Override
      public void forward(Pass pass) {
        turn(site.input(), before, site.output(), shape, pass.examples());
      }

      @Override
      public void backward(Pass pass) {
        if (site.wantsInputGradient()) {
          turn(site.outputGradient(), shape, site.inputGradient(), before, pass.examples());
        }
      }

      private void turn(Buffer from, Shape was, Buffer to, Shape becomes, int examples) {
        if (was.liesAsWritten()) {
          kernel.transpose(from, to, examples, becomes.channels(), becomes.positions());
        } else if (becomes.liesAsWritten()) {
          kernel.transpose(from, to, examples, was.positions(), was.channels());
        } else {
          kernel.transpose(from, written, examples, was.positions(), was.channels());
          kernel.transpose(written, to, examples, becomes.channels(), becomes.positions());
        }
      }
    };
  }
}
