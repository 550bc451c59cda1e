package io.lockstep.driver.cli;

import io.lockstep.common.config.RunConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is allowed and probably not meant. */
final class Notes {
  private Notes() {}

  static List<String> of(RunConfiguration run) {
    List<String> notes = new ArrayList<>();
    if (run.schedule().plain().get("warmup") instanceof Map<?, ?> warmup
        && warmup.get("steps") instanceof Number steps
        && run.train().steps().isPresent()
        && steps.longValue() >= run.train().steps().getAsLong()) {
      notes.add(
          "schedule.warmup.steps ("
              + steps
              + ") is not below train.steps ("
              + run.train().steps().getAsLong()
              + "): the learning rate never reaches optimizer.learningRate");
    }
    int slices = run.batch().slices();
    int most = (slices + run.cluster().workers() - 1) / run.cluster().workers();
    if (run.cluster().threads() > most) {
      notes.add(
          "cluster.threads ("
              + run.cluster().threads()
              + ") is above the most slices of a worker ("
              + most
              + "): the rest idle");
    }
    if (run.allowDifferentFingerprint()) {
      notes.add("allowDifferentFingerprint gives up the promise of the same bits");
    }
    run.wire().note().ifPresent(notes::add);
    return notes;
  }
}
