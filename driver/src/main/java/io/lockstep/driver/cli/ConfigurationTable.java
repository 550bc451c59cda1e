package io.lockstep.driver.cli;

import io.lockstep.common.config.BatchSection;
import io.lockstep.common.config.CheckpointSection;
import io.lockstep.common.config.ClusterSection;
import io.lockstep.common.config.DataSection;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.ModelSection;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.config.Scaling;
import io.lockstep.common.config.TrainSection;
import io.lockstep.common.config.WeightsSection;
import io.lockstep.common.config.WireSection;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.ParameterGroups;
import io.lockstep.common.optim.average.Averages;
import io.lockstep.common.optim.clip.Clips;
import io.lockstep.common.optim.scale.LossScales;
import io.lockstep.common.schedule.Schedules;
import io.lockstep.common.tokenizer.Tokenizers;
import io.lockstep.driver.spark.source.Sources;
import io.lockstep.driver.spark.source.synthetic.Generators;
import io.lockstep.worker.engine.Objective;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.initializer.Initializers;
import io.lockstep.worker.engine.layer.Blocks;
import io.lockstep.worker.engine.layer.LayerKeys;
import io.lockstep.worker.engine.layer.Layers;
import io.lockstep.worker.engine.loss.Losses;
import io.lockstep.worker.engine.metric.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The configuration as a table in Markdown, from the keys and registries themselves. */
final class ConfigurationTable {
  private ConfigurationTable() {}

  /** The table's lines. */
  static List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("| key | allowed | default | meaning |");
    lines.add("|---|---|---|---|");
    section(lines, "", RunConfiguration.KEYS);
    section(lines, "data", DataSection.KEYS);
    section(lines, "data.validation", List.of(DataSection.FRACTION));
    section(lines, "data.scale", Scaling.KEYS);
    section(lines, "data.scale.channels", Scaling.CHANNEL_KEYS);
    section(lines, "data.labels", LabelsSection.KEYS);
    section(lines, "model", ModelSection.KEYS);
    section(lines, "model.weights", WeightsSection.MODEL_KEYS);
    section(lines, "model.layers[]", LayerKeys.ALL);
    section(lines, "model.layers[].weights", WeightsSection.LAYER_KEYS);
    section(lines, "loss", Objective.KEYS);
    section(lines, "loss (type: sum)", List.of(Objective.TERMS));
    section(lines, "optimizer", List.of(RunConfiguration.LEARNING_RATE, ParameterGroups.GROUPS));
    section(lines, "optimizer.groups[]", ParameterGroups.KEYS);
    section(lines, "schedule.warmup", Schedules.WARMUP_KEYS);
    section(lines, "schedule.batchScaling", Schedules.BATCH_SCALING_KEYS);
    section(lines, "wire", WireSection.KEYS);
    section(lines, "batch", BatchSection.KEYS);
    section(lines, "train", TrainSection.KEYS);
    section(lines, "cluster", ClusterSection.KEYS);
    section(lines, "checkpoint", CheckpointSection.KEYS);
    lines.add("");
    lines.add("| named by | name | what | its keys |");
    lines.add("|---|---|---|---|");
    registry(lines, "data.train.format, data.validation.format", Sources.REGISTRY);
    registry(lines, "data.train.tokenizer.type", Tokenizers.REGISTRY);
    registry(lines, "data.train.generator.type", Generators.REGISTRY);
    registry(lines, "model.layers[].type", Layers.REGISTRY);
    registry(lines, "model.layers[].type", Blocks.REGISTRY);
    registry(lines, "activation of a layer", Activations.REGISTRY);
    registry(lines, "initializer of a layer", Initializers.REGISTRY);
    registry(lines, "loss.type", Losses.REGISTRY);
    registry(lines, "metrics[].type", Metrics.REGISTRY);
    registry(lines, "optimizer.type", Optimizers.REGISTRY);
    registry(lines, "schedule.type", Schedules.REGISTRY);
    registry(lines, "clip.type", Clips.REGISTRY);
    registry(lines, "wire.lossScale.type", LossScales.REGISTRY);
    registry(lines, "average.type", Averages.REGISTRY);
    return lines;
  }

  private static void section(List<String> lines, String path, List<Key<?>> keys) {
    for (Key<?> key : keys) {
      String name = path.isEmpty() ? key.name() : path + "." + key.name();
      lines.add(row("`" + name + "`", key.allowed(), otherwise(key), key.meaning()));
    }
  }

  private static void registry(List<String> lines, String chooser, Registry<?> registry) {
    for (Registry.Entry<?> entry : registry.entries()) {
      String keys =
          String.join("; ", entry.keys().stream().map(ConfigurationTable::inline).toList());
      lines.add(row(chooser, "`" + entry.name() + "`", entry.summary(), keys));
    }
  }

  private static String inline(Key<?> key) {
    String otherwise = otherwise(key);
    return "`"
        + key.name()
        + "`"
        + (otherwise.isEmpty() ? "" : " (" + otherwise + ")")
        + " "
        + key.meaning();
  }

  private static String otherwise(Key<?> key) {
    if (key.isRequired()) {
      return "required";
    }
    if (key.defaultValue() instanceof Options options && !options.isEmpty()) {
      return "`" + options.plain().get(Registry.TYPE.name()) + "`";
    }
    return key.writtenDefault().map(value -> "`" + value + "`").orElse("");
  }

  private static String row(String... cells) {
    return "| "
        + String.join(" | ", Stream.of(cells).map(cell -> cell.replace("|", "\\|")).toList())
        + " |";
  }
}
