package io.lockstep.worker.data;

import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureScaling;
import io.lockstep.common.data.FeatureType;
import io.lockstep.worker.engine.SliceBatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Turns a row into the engine's input, features scaled. Gives what {@link FeatureScaling#apply}
 * gives, to the bit; bytes go through a table of their 256 values where the scaling is the same for
 * all features.
 */
public final class ExampleReader {
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private final ExampleForm form;
  private final FeatureScaling scaling;
  private final float[] table;
  private final double[] mean;
  private final double[] deviation;

  /**
   * A reader of rows.
   *
   * @param form of the rows
   * @param scaling of the features
   */
  public ExampleReader(ExampleForm form, FeatureScaling scaling) {
    this.form = form;
    this.scaling =
        scaling instanceof FeatureScaling.Channels c ? c.expanded(form.features()) : scaling;
    this.table = new float[256];
    boolean each = this.scaling instanceof FeatureScaling.Standardize;
    for (int value = 0; value < 256 && !each; value++) {
      table[value] = this.scaling.apply(0, value);
    }
    this.mean = this.scaling instanceof FeatureScaling.Standardize s ? s.mean() : new double[0];
    this.deviation =
        this.scaling instanceof FeatureScaling.Standardize s ? s.deviation() : new double[0];
  }

  /**
   * Puts a row into a batch: features scaled to float32, the label as it is, the weight, which is 1
   * where rows have none. Where rows have no label, as where one is predicted, the batch's is 0.
   *
   * @param page holds the row
   * @param offset where it begins
   * @param batch receives it
   * @param example the row's number in the batch
   * @throws IllegalArgumentException where the batch wants another number of labels than rows have
   */
  public void read(byte[] page, int offset, SliceBatch batch, int example) {
    read(page, offset, batch.features(), example * batch.inputSize());
    readLabel(page, offset + form.labelOffset(), batch, example);
    batch.weights()[example] =
        form.weighted() ? (float) FLOAT.get(page, offset + form.weightOffset()) : 1;
  }

  private void readLabel(byte[] page, int offset, SliceBatch batch, int example) {
    int width = batch.labelWidth();
    int from = example * width;
    if (form.labels() == 0) {
      Arrays.fill(batch.labels(), from, from + width, 0);
      return;
    }
    if (form.labels() != width) {
      throw new IllegalArgumentException(
          "a row must have as many labels as a batch wants (" + width + "), got " + form.labels());
    }
    for (int k = 0; k < width; k++) {
      batch.labels()[from + k] = (float) FLOAT.get(page, offset + k * Float.BYTES);
    }
  }

  /** Scales a row's features into {@code to} from index {@code at}. */
  void read(byte[] page, int offset, float[] to, int at) {
    boolean bytes = form.type() == FeatureType.UINT8;
    if (scaling instanceof FeatureScaling.Standardize) {
      if (bytes) {
        standardizeBytes(page, offset, to, at);
      } else {
        standardizeFloats(page, offset, to, at);
      }
    } else if (bytes) {
      lookUp(page, offset, to, at);
    } else if (scaling instanceof FeatureScaling.Divide divide) {
      divide(page, offset, to, at, divide.divisor());
    } else {
      copy(page, offset, to, at);
    }
  }

  private void lookUp(byte[] page, int offset, float[] to, int at) {
    float[] values = table;
    for (int j = 0; j < form.features(); j++) {
      to[at + j] = values[page[offset + j] & 0xFF];
    }
  }

  private void copy(byte[] page, int offset, float[] to, int at) {
    for (int j = 0; j < form.features(); j++) {
      to[at + j] = (float) FLOAT.get(page, offset + j * Float.BYTES);
    }
  }

  private void divide(byte[] page, int offset, float[] to, int at, double divisor) {
    for (int j = 0; j < form.features(); j++) {
      to[at + j] = (float) ((float) FLOAT.get(page, offset + j * Float.BYTES) / divisor);
    }
  }

  private void standardizeBytes(byte[] page, int offset, float[] to, int at) {
    for (int j = 0; j < form.features(); j++) {
      to[at + j] = (float) (((page[offset + j] & 0xFF) - mean[j]) / deviation[j]);
    }
  }

  private void standardizeFloats(byte[] page, int offset, float[] to, int at) {
    for (int j = 0; j < form.features(); j++) {
      float value = (float) FLOAT.get(page, offset + j * Float.BYTES);
      to[at + j] = (float) ((value - mean[j]) / deviation[j]);
    }
  }
}
