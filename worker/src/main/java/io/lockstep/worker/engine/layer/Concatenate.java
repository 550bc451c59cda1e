package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * The channels of its inputs side by side, position by position: features behind features, images
 * of one height and width by their channels, sequences of one length by their widths.
 */
final class Concatenate implements Layer {
  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "concatenate",
          "its inputs side by side: features, channels of images, widths of sequences",
          List.of(),
          Concatenate::new);

  private final Options section;

  private Concatenate(Options section) {
    this.section = section;
  }

  @Override
  public Shape output(List<Shape> inputs) {
    if (inputs.size() < 2) {
      throw section.error("must have at least two inputs, got " + inputs.size());
    }
    Shape first = inputs.get(0);
    int channels = 0;
    for (Shape shape : inputs) {
      if (!shape.withChannels(1).equals(first.withChannels(1))) {
        throw section.error("must have inputs that differ in their channels only, got " + inputs);
      }
      channels = Math.addExact(channels, shape.channels());
    }
    return first.withChannels(channels);
  }

  @Override
  public Operation operation(Site site) {
    return new Work(site);
  }

  private record Work(Site site) implements Operation {
    @Override
    public void forward(Pass pass) {
      int rows = pass.examples() * site.outputShape().positions();
      int all = site.outputShape().channels();
      int at = 0;
      for (int i = 0; i < site.inputs().size(); i++) {
        int width = site.inputShapes().get(i).channels();
        site.kernel()
            .copyColumns(site.inputs().get(i), 0, width, site.output(), at, all, rows, width);
        at += width;
      }
    }

    @Override
    public void backward(Pass pass) {
      int rows = pass.examples() * site.outputShape().positions();
      int all = site.outputShape().channels();
      int at = 0;
      for (int i = 0; i < site.inputs().size(); i++) {
        int width = site.inputShapes().get(i).channels();
        if (site.wanted().contains(i)) {
          Buffer dx = site.inputGradients().get(i);
          site.kernel().copyColumns(site.outputGradient(), at, all, dx, 0, width, rows, width);
        }
        at += width;
      }
    }
  }
}
