package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Registry;
import java.util.List;

/** All layers by name: a new one is one file and one line here. */
public final class Layers {
  /** The registry, in the order of the documentation. */
  public static final Registry<Layer> REGISTRY =
      Registry.of(
          "layer",
          List.of(
              Dense.ENTRY,
              Conv.IMAGES,
              Conv.SEQUENCES,
              Conv.DEPTHWISE,
              TransposedConv.IMAGES,
              TransposedConv.SEQUENCES,
              Pool.MAX_IMAGES,
              Pool.AVERAGE_IMAGES,
              Pool.MAX_SEQUENCES,
              Pool.AVERAGE_SEQUENCES,
              GlobalPool.MAX,
              GlobalPool.AVERAGE,
              Upsample.ENTRY,
              Flatten.ENTRY,
              Dropout.ENTRY,
              Reshape.ENTRY,
              Combination.ADD,
              Combination.MULTIPLY,
              Concatenate.ENTRY,
              StopGradient.ENTRY,
              SampleNormal.ENTRY,
              Noise.ENTRY,
              Nonlinearity.ENTRY,
              BatchNorm.ENTRY,
              RowNorm.LAYER,
              RowNorm.RMS,
              GroupNorm.ENTRY,
              Embedding.ENTRY,
              PositionalEmbedding.ENTRY,
              MultiHeadAttention.ENTRY,
              Recurrent.LSTM,
              Recurrent.GRU,
              Recurrent.RNN));

  private Layers() {}
}
