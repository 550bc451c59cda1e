package io.lockstep.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private final List<String> order = new ArrayList<>();

  /** Measures the given values in turn, after a first one that is the warm-up's. */
  private final class Script implements Side {
    private final String name;
    private final PrimitiveIterator.OfDouble values;

    Script(String name, double... values) {
      this.name = name;
      this.values = DoubleStream.of(values).iterator();
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public double measure() {
      order.add(name);
      return values.nextDouble();
    }

    @Override
    public void close() {
      order.add(name + " closed");
    }
  }

  private static Comparison rounds(int rounds) {
    return new Comparison(
        rounds, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
  }

  @Test
  void sidesTakeTurnsAndTheRatioIsTheMedianOfTheRoundsRatios() throws Exception {
    Row row =
        new Row(
            "row",
            "B/s",
            ">= 1.0",
            () -> new Script("ours", 99, 2, 9, 4),
            () -> new Script("peer", 99, 1, 3, 4));
    Measurement measured = rounds(3).measure(row);
    assertThat(order)
        .containsExactly(
            "ours",
            "peer",
            "ours",
            "peer",
            "ours",
            "peer",
            "ours",
            "peer",
            "peer closed",
            "ours closed");
    assertThat(measured.value()).isEqualTo(4);
    assertThat(measured.peerValue()).isEqualTo(3);
    assertThat(measured.ratio()).isEqualTo(2); // of 2, 3 and 1
    assertThat(measured.spread()).containsExactly(1.0, 3.0);
  }

  @Test
  void aMissingPeerLeavesItsFieldsEmpty() throws Exception {
    Row row =
        new Row(
            "row",
            "s",
            "",
            () -> new Script("ours", 99, 1, 3),
            () -> {
              throw new PeerMissingException("not here");
            });
    Measurement measured = rounds(2).measure(row);
    assertThat(measured.value()).isEqualTo(2);
    JsonNode json = new ObjectMapper().valueToTree(measured);
    for (String field : List.of("peer", "peerValue", "ratio", "spread")) {
      assertThat(json.get(field).isNull()).as(field).isTrue();
    }
    assertThat(Bench.table(List.of(measured)).lines().toList().get(1)).matches("row +2\\.0000 s +");
  }

  @Test
  void aLongMeasurementIsTakenFewerTimes() throws Exception {
    Row row = new Row("row", "s", "", 2, () -> new Script("ours", 99, 1, 3), null);
    assertThat(rounds(9).measure(row).value()).isEqualTo(2);
    assertThat(order).hasSize(4);
  }

  @Test
  void aPythonWithoutThePeerIsAMissingPeer() {
    Companion.Peers nowhere = new Companion.Peers("/nowhere/python", Path.of("bench-peers"));
    assertThatThrownBy(() -> Companion.python(nowhere, "rule.py"))
        .isInstanceOf(PeerMissingException.class)
        .hasMessage("cannot run /nowhere/python (set BENCH_PYTHON)");
  }

  @Test
  void everyRowThatWasPromisedIsThere() {
    Bench.Settings settings =
        new Bench.Settings(Path.of("."), Companion.Peers.find(Path.of("bench-peers")), 1);
    assertThat(Rows.all(settings).stream().map(Row::name))
        .doesNotHaveDuplicates()
        .contains(
            "engine-mlp-32",
            "engine-mlp-128",
            "engine-mlp-1024",
            "engine-lenet-64",
            "engine-resnet-32",
            "engine-resnet-32-avx2",
            "engine-transformer-32",
            "step-25m",
            "rule-sgd",
            "rule-adam",
            "rule-adamw",
            "rule-lamb",
            "wire-tcp",
            "wire-unix",
            "train-mnist",
            "memory-worker");
  }
}
