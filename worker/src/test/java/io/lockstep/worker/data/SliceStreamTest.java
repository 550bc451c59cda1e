package io.lockstep.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.data.DataException;
import io.lockstep.common.data.DataPlan;
import io.lockstep.common.data.EpochPlan;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureScaling;
import io.lockstep.common.data.FeatureType;
import io.lockstep.common.data.StreamKind;
import io.lockstep.common.data.StreamSummary;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.SliceBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SliceStreamTest {
  private static final ExampleForm FLOATS = new ExampleForm(FeatureType.FLOAT32, 3);
  private static final ExampleForm BYTES = new ExampleForm(FeatureType.UINT8, 5);
  private static final FeatureScaling NONE = new FeatureScaling.None();

  /** Row i has the features i, i + 0.25, -i and the label i mod 3. */
  private static List<byte[]> floatRows(int count) {
    List<byte[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] row = new byte[FLOATS.bytes()];
      FLOATS.feature(row, 0, i);
      FLOATS.feature(row, 1, i + 0.25f);
      FLOATS.feature(row, 2, -i);
      FLOATS.label(row, 0, i % 3);
      rows.add(row);
    }
    return rows;
  }

  private static StreamData floats(int count) {
    return StreamData.read(FLOATS, floatRows(count).iterator());
  }

  @Test
  void eachEpochVisitsEveryRowOnceInTheOrderOfItsKey() {
    SliceStream stream = SliceStream.shuffled(floats(11), NONE, new EpochPlan(4, 3), 7, 5);
    SliceBatch batch = new SliceBatch(4, 3, 1);
    for (long epoch = 0; epoch < 3; epoch++) {
      int[] order = new int[11];
      RandomStream.of(7, Purpose.SHUFFLE, 0, epoch, 5).shuffle(order);
      List<Float> seen = new ArrayList<>();
      for (long step = 3 * epoch; step < 3 * epoch + 3; step++) {
        assertThat(stream.fill(step, batch)).isTrue();
        for (int i = 0; i < batch.examples(); i++) {
          float row = batch.features()[3 * i];
          seen.add(row);
          assertThat(batch.features()[3 * i + 1]).isEqualTo(row + 0.25f);
          assertThat(batch.features()[3 * i + 2]).isEqualTo(-row);
          assertThat(batch.labels()[i]).isEqualTo(row % 3);
        }
      }
      assertThat(seen).hasSize(11);
      for (int i = 0; i < 11; i++) {
        assertThat(seen.get(i)).isEqualTo(order[i]);
      }
    }
  }

  @Test
  void aStreamThatHasRunOutIsAbsentUntilTheNextEpoch() {
    SliceStream stream = SliceStream.shuffled(floats(5), NONE, new EpochPlan(4, 3), 7, 0);
    SliceBatch batch = new SliceBatch(4, 3, 1);
    List<Integer> examples = new ArrayList<>();
    for (long step = 0; step < 6; step++) {
      examples.add(stream.fill(step, batch) ? batch.examples() : -1);
    }
    assertThat(examples).containsExactly(4, 1, -1, 4, 1, -1);
  }

  @Test
  void anyStepCanBeAskedForAtAnyTime() {
    SliceStream forward = SliceStream.shuffled(floats(9), NONE, new EpochPlan(2, 5), 1, 2);
    SliceStream jumping = SliceStream.shuffled(floats(9), NONE, new EpochPlan(2, 5), 1, 2);
    SliceBatch expected = new SliceBatch(2, 3, 1);
    SliceBatch found = new SliceBatch(2, 3, 1);
    for (long step : new long[] {17, 3, 4, 12, 0, 19, 3}) {
      for (long before = 0; before <= step; before++) {
        forward.fill(before, expected);
      }
      jumping.fill(step, found);
      assertThat(found.examples()).isEqualTo(expected.examples());
      assertThat(found.features())
          .startsWith(java.util.Arrays.copyOf(expected.features(), 3 * expected.examples()));
    }
  }

  @Test
  void validationGoesThroughItsRowsInOrder() {
    SliceStream stream = SliceStream.inOrder(floats(5), NONE, new EpochPlan(2, 4));
    SliceBatch batch = new SliceBatch(2, 3, 1);
    assertThat(stream.fill(1, batch)).isTrue();
    assertThat(batch.features()).containsExactly(2, 2.25f, -2, 3, 3.25f, -3);
    assertThat(stream.fill(2, batch)).isTrue();
    assertThat(batch.examples()).isEqualTo(1);
    assertThat(stream.fill(3, batch)).isFalse();
  }

  @Test
  void aRowGivesAllItsLabelsAndItsWeight() {
    ExampleForm form = new ExampleForm(FeatureType.UINT8, 2, 3, true);
    byte[] row = new byte[form.bytes()];
    form.label(row, 0, 5);
    form.label(row, 1, -1);
    form.label(row, 2, 0.5f);
    form.weight(row, 0.25f);
    SliceBatch batch = new SliceBatch(2, 2, 3);
    new ExampleReader(form, NONE).read(row, 0, batch, 1);
    assertThat(batch.labels()).containsExactly(0, 0, 0, 5, -1, 0.5f);
    assertThat(batch.weights()).containsExactly(1, 0.25f);
  }

  @Test
  void aRowWithoutWeightOrLabelLeavesNothingOfTheRowBefore() {
    SliceBatch batch = new SliceBatch(1, 3, 1);
    batch.weights()[0] = 7;
    batch.labels()[0] = 7;
    ExampleForm form = new ExampleForm(FeatureType.FLOAT32, 3, 0, false);
    new ExampleReader(form, NONE).read(new byte[form.bytes()], 0, batch, 0);
    assertThat(batch.labels()).containsExactly(0);
    assertThat(batch.weights()).containsExactly(1);
  }

  @Test
  void anotherNumberOfLabelsThanTheBatchWantsIsRefused() {
    SliceStream stream = SliceStream.inOrder(floats(3), NONE, new EpochPlan(3, 1));
    assertThatThrownBy(() -> stream.fill(0, new SliceBatch(3, 3, 3)))
        .hasMessage("a row must have as many labels as a batch wants (3), got 1");
  }

  @Test
  void everyScalingOfEveryTypeGivesTheBitsOfItsFormula() {
    Random random = new Random(3);
    List<byte[]> bytes = new ArrayList<>();
    List<byte[]> floats = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] row = new byte[BYTES.bytes()];
      random.nextBytes(row);
      BYTES.label(row, 0, 1);
      bytes.add(row);
      byte[] floatRow = new byte[FLOATS.bytes()];
      for (int j = 0; j < 3; j++) {
        FLOATS.feature(floatRow, j, (float) random.nextGaussian() * 100);
      }
      floats.add(floatRow);
    }
    for (FeatureScaling scaling :
        List.of(
            NONE,
            new FeatureScaling.Divide(255),
            new FeatureScaling.Divide(0.1),
            new FeatureScaling.Standardize(
                new double[] {0.1, 2, -3, 128, 77}, new double[] {1, 0.3, 7, 60, 1e-3}),
            new FeatureScaling.Channels(new double[] {0.1, 128}, new double[] {0.3, 60}, 2),
            new FeatureScaling.Channels(new double[] {0.1, 128}, new double[] {0.3, 60}, 1))) {
      check(BYTES, bytes, scaling);
      check(
          FLOATS,
          floats,
          scaling instanceof FeatureScaling.Standardize
              ? new FeatureScaling.Standardize(new double[] {0.1, 2, -3}, new double[] {1, 0.3, 7})
              : scaling);
    }
  }

  private static void check(ExampleForm form, List<byte[]> rows, FeatureScaling scaling) {
    // Pages of 16 rows, so that rows lie on many.
    StreamData data = StreamData.read(form, rows.iterator(), 16 * form.bytes());
    SliceStream stream = SliceStream.inOrder(data, scaling, new EpochPlan(300, 1));
    SliceBatch batch = new SliceBatch(300, form.features(), 1);
    assertThat(stream.fill(0, batch)).isTrue();
    for (int i = 0; i < rows.size(); i++) {
      for (int j = 0; j < form.features(); j++) {
        assertThat(Float.floatToIntBits(batch.features()[i * form.features() + j]))
            .isEqualTo(Float.floatToIntBits(scaling.apply(j, form.feature(rows.get(i), j))));
      }
    }
  }

  @Test
  void aChangedRowStopsTheRunNamingTheSource() {
    List<byte[]> rows = floatRows(6);
    StreamSummary dealt = StreamData.read(FLOATS, rows.iterator()).summary();
    DataPlan plan =
        new DataPlan(
            new DataPlan.Streams(
                "data.train (/data/x.csv)", FLOATS, List.of(dealt), new EpochPlan(2, 3)),
            null,
            NONE);
    assertThat(StreamData.read(plan, StreamKind.TRAINING, 0, rows.iterator()).summary())
        .isEqualTo(dealt);
    rows.get(4)[1] ^= 1;
    StreamSummary changed = StreamData.read(FLOATS, rows.iterator()).summary();
    assertThatThrownBy(() -> StreamData.read(plan, StreamKind.TRAINING, 0, rows.iterator()))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "data.train (/data/x.csv) has changed: stream 0 had "
                + dealt
                + " and now has "
                + changed
                + "; restore the source, or start a new run");
  }

  @Test
  void theChecksumKnowsTheOrderOfRows() {
    List<byte[]> rows = floatRows(3);
    StreamSummary before = StreamData.read(FLOATS, rows.iterator()).summary();
    java.util.Collections.swap(rows, 0, 2);
    assertThat(StreamData.read(FLOATS, rows.iterator()).summary()).isNotEqualTo(before);
  }
}
