package io.lockstep.deploy.bench;

import java.util.List;
import java.util.stream.Stream;

/** The rows of the table, in its order. */
final class Rows {
  private Rows() {}

  static List<Row> all(Bench.Settings settings) {
    return Stream.of(
            EngineRows.rows(settings),
            StepRows.rows(settings),
            RuleRows.rows(settings),
            WireRows.rows(settings),
            List.of(TrainRow.row(settings), MemoryRow.row()))
        .flatMap(List::stream)
        .toList();
  }
}
