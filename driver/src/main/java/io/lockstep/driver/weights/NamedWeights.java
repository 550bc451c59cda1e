package io.lockstep.driver.weights;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.config.WeightsSection;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.driver.report.SafetensorsReader;
import io.lockstep.driver.storage.Location;
import io.lockstep.driver.storage.Storage;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.graph.StoredTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The first values of a run whose configuration names files of weights: those of the tensors that
 * the files hold, and of the others what their initializers say. What a layer's own {@code weights}
 * says goes before {@code model.weights}. Holds the files open; for one thread.
 */
public final class NamedWeights implements AutoCloseable {
  private record Source(SafetensorsReader file, SafetensorsReader.Tensor tensor) {}

  private final Network network;
  private final long seed;
  private final Storage storage;
  private final Map<Location, SafetensorsReader> files = new HashMap<>();
  private final List<Path> copies = new ArrayList<>();
  private final Map<Integer, Source> sources = new HashMap<>();

  private NamedWeights(Network network, RunConfiguration run) {
    this.network = network;
    this.seed = run.seed();
    this.storage = Storage.with(run.cluster().spark());
  }

  /** Whether the configuration names any. */
  public static boolean areIn(RunConfiguration run, Network network) {
    return !run.model().weights().isEmpty() || !network.graph().stored().isEmpty();
  }

  /**
   * Opens the files and finds the tensors.
   *
   * @param run resolved: paths absolute
   * @throws ConfigurationException for a file that is none, is another than it was, has not the
   *     tensors of a layer or none of the model's, or has one in another shape
   */
  public static NamedWeights open(RunConfiguration run, Network network) {
    NamedWeights weights = new NamedWeights(network, run);
    try {
      weights.find(run.model().weights());
      return weights;
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private void find(Options ofModel) {
    List<TensorSpec> tensors = network.tensors();
    boolean any = false;
    for (int t = 0; t < tensors.size(); t++) {
      TensorSpec tensor = tensors.get(t);
      StoredTensor stored = network.graph().stored().get(tensor.name());
      if (stored != null) {
        take(t, file(stored.section()), stored);
      } else if (!ofModel.isEmpty() && holds(file(ofModel), tensor.name())) {
        take(t, file(ofModel), new StoredTensor(ofModel, tensor.name()));
        any = true;
      }
    }
    if (!ofModel.isEmpty() && !any) {
      throw ofModel.error(
          WeightsSection.FILE,
          "must hold a tensor of the model's, "
              + String.join(", ", tensors.stream().map(TensorSpec::name).toList())
              + ", it holds "
              + String.join(", ", names(file(ofModel)))
              + "; name the layers as there, or give layers weights of their own");
    }
  }

  private void take(int number, SafetensorsReader file, StoredTensor stored) {
    TensorSpec wanted = network.tensors().get(number);
    SafetensorsReader.Tensor found =
        file.tensors().stream()
            .filter(tensor -> tensor.name().equals(stored.name()))
            .findFirst()
            .orElseThrow(() -> missing(file, stored));
    if (!found.shape().equals(wanted.shape())) {
      throw stored
          .section()
          .error(
              WeightsSection.FILE,
              "must hold "
                  + stored.name()
                  + " in the shape of "
                  + wanted.name()
                  + ", "
                  + wanted.shape()
                  + ", it is "
                  + found.shape()
                  + " there; give the layer the size that it has there, or another name and no"
                  + " weights");
    }
    sources.put(number, new Source(file, found));
  }

  private static ConfigurationException missing(SafetensorsReader file, StoredTensor stored) {
    TreeSet<String> layers = new TreeSet<>();
    for (String name : names(file)) {
      layers.add(name.replaceFirst("\\.[^.]*$", ""));
    }
    return stored
        .section()
        .error(
            WeightsSection.FILE,
            "must hold the tensor "
                + stored.name()
                + "; layers there: "
                + String.join(", ", layers)
                + "; name one of them with layer");
  }

  private static boolean holds(SafetensorsReader file, String name) {
    return names(file).contains(name);
  }

  private static List<String> names(SafetensorsReader file) {
    return file.tensors().stream().map(SafetensorsReader.Tensor::name).toList();
  }

  private SafetensorsReader file(Options section) {
    Location location = Location.of(section.get(WeightsSection.FILE));
    SafetensorsReader known = files.get(location);
    if (known != null) {
      return known;
    }
    WeightsFile.refuseOther(section, storage);
    SafetensorsReader opened = WeightsFile.open(section, local(location));
    files.put(location, opened);
    return opened;
  }

  private Path local(Location location) {
    if (location.isLocal()) {
      return location.path();
    }
    try {
      Path copy = storage.copy(location);
      copies.add(copy);
      return copy;
    } catch (IOException e) {
      throw WeightsFile.unreadable(location, e);
    }
  }

  /**
   * The first values of a run of one tensor's elements.
   *
   * @param tensor its number in the layout
   * @param from the first element within the tensor
   * @param target receives them, from 0
   * @param length how many
   */
  public void fill(int tensor, int from, float[] target, int length) {
    Source source = sources.get(tensor);
    if (source == null) {
      network.initialize(seed, tensor, from, target, 0, length);
    } else {
      source.file().read(source.tensor().offset() + from, target, 0, length);
    }
  }

  @Override
  public void close() {
    List<SafetensorsReader> open = new ArrayList<>(files.values());
    files.clear();
    open.forEach(SafetensorsReader::close);
    for (Path copy : copies) {
      try {
        Files.deleteIfExists(copy);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot remove " + copy, e);
      }
    }
  }
}
