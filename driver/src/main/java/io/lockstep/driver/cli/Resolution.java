package io.lockstep.driver.cli;

import io.lockstep.common.config.ClusterSection;
import io.lockstep.common.config.DataSection;
import io.lockstep.common.config.ModelSection;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.config.WireSection;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.average.Averages;
import io.lockstep.common.optim.clip.Clips;
import io.lockstep.common.optim.scale.LossScales;
import io.lockstep.common.schedule.Schedules;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.driver.spark.source.Sources;
import io.lockstep.driver.storage.Location;
import io.lockstep.driver.storage.Storage;
import io.lockstep.driver.weights.NamedWeights;
import io.lockstep.driver.weights.WeightsFile;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.Objective;
import io.lockstep.worker.engine.layer.Blocks;
import io.lockstep.worker.engine.metric.Metrics;

/** Lets every registry check its section, and fills in what the registries know. */
final class Resolution {
  private Resolution() {}

  /**
   * The configuration with absolute paths and with the defaults of what it names.
   *
   * @param folder where relative paths begin
   * @throws io.lockstep.common.config.ConfigurationException where something named is unknown, or a
   *     setting of it is wrong, or the layers do not fit together
   */
  static RunConfiguration resolve(RunConfiguration run, Location folder) {
    check(run);
    ModelSection written =
        WeightsFile.resolve(run.model(), folder, Storage.with(run.cluster().spark()));
    ModelSection model =
        written.withLayers(written.layers().stream().map(Blocks::resolve).toList());
    RunConfiguration resolved =
        withModel(run, model, folder).withCluster(cluster(run.cluster(), folder));
    checkWeights(resolved);
    return resolved;
  }

  private static RunConfiguration withModel(
      RunConfiguration run, ModelSection model, Location folder) {
    return run.withSections(
        data(run.data(), folder),
        model,
        Objective.resolve(run.loss()),
        run.metrics().stream().map(Metrics.REGISTRY::resolve).toList(),
        Optimizers.resolve(run.optimizer()),
        Schedules.resolve(run),
        run.clip().isEmpty() ? Options.empty() : Clips.REGISTRY.resolve(run.clip()),
        wire(run.wire()),
        run.average().isEmpty() ? Options.empty() : Averages.REGISTRY.resolve(run.average()));
  }

  private static void check(RunConfiguration run) {
    Sources.create(run.data().train(), run.data().labels());
    if (!run.data().validation().isEmpty()) {
      Sources.create(run.data().validation(), run.data().labels());
    }
    Network network = Network.of(run);
    Optimizers.create(run.optimizer(), network.tensors());
    RunParts.schedule(run, network, run.train().steps().orElse(1));
    Clips.create(run.clip());
    Averages.create(run.average());
    LossScales.create(run.wire().lossScale());
  }

  /** That the files have what the model needs: before anything begins. */
  private static void checkWeights(RunConfiguration run) {
    NamedWeights.open(run, Network.of(run)).close();
  }

  private static WireSection wire(WireSection wire) {
    Options lossScale = wire.lossScale();
    return lossScale.isEmpty() ? wire : wire.withLossScale(LossScales.REGISTRY.resolve(lossScale));
  }

  private static ClusterSection cluster(ClusterSection cluster, Location folder) {
    String file = cluster.secretFile();
    return file.isEmpty() ? cluster : cluster.withSecretFile(folder.resolve(file).toString());
  }

  private static DataSection data(DataSection data, Location folder) {
    return data.withSources(
        source(data.train(), folder),
        data.validation().isEmpty() ? data.validation() : source(data.validation(), folder));
  }

  private static Options source(Options source, Location folder) {
    return Sources.REGISTRY.resolve(Sources.resolve(source, folder));
  }
}
