package io.lockstep.driver.cli;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.worker.engine.activation.Activations;
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
    for (int i = 0; i < run.model().layers().size(); i++) {
      Options layer = run.model().layers().get(i);
      if (layer.has(Activations.KEY)
          && layer.get(Activations.KEY).get(Registry.TYPE).equals("step")) {
        notes.add(
            "model.layers["
                + i
                + "] has the activation step, whose derivative is 0: the layer and those before it"
                + " learn nothing through it");
      }
    }
    run.wire().note().ifPresent(notes::add);
    return notes;
  }
}
