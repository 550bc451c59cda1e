package io.lockstep.driver.weights;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.ModelSection;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.WeightsSection;
import io.lockstep.driver.report.SafetensorsReader;
import io.lockstep.driver.storage.Location;
import io.lockstep.driver.storage.Storage;
import io.lockstep.worker.engine.layer.Blocks;
import io.lockstep.worker.engine.layer.LayerKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The file that a section {@code weights} names. */
public final class WeightsFile {
  private static final int BUFFER_BYTES = 256 * 1024;

  private WeightsFile() {}

  /**
   * The model with the paths of all its weights absolute, and the hashes of their files.
   *
   * @param folder where relative paths begin
   * @param storage the way to files
   * @throws ConfigurationException for a file that is none, and for one that is another than the
   *     hash says that is written there
   */
  public static ModelSection resolve(ModelSection model, Location folder, Storage storage) {
    ModelSection resolved =
        model.withLayers(
            model.layers().stream()
                .map(layer -> Blocks.each(layer, one -> resolveLayer(one, folder, storage)))
                .toList());
    return model.weights().isEmpty()
        ? resolved
        : resolved.withWeights(resolve(model.weights(), folder, storage));
  }

  private static Options resolveLayer(Options layer, Location folder, Storage storage) {
    return layer.has(LayerKeys.WEIGHTS)
        ? layer.with(LayerKeys.WEIGHTS, resolve(layer.get(LayerKeys.WEIGHTS), folder, storage))
        : layer;
  }

  private static Options resolve(Options section, Location folder, Storage storage) {
    Location file = folder.resolve(section.get(WeightsSection.FILE));
    Options absolute = section.with(WeightsSection.FILE, file.toString());
    refuseOther(absolute, storage);
    return absolute.with(WeightsSection.SHA256, sha256(absolute, file, storage));
  }

  /** Refuses a file with another hash than the one that is written, if one is. */
  static void refuseOther(Options section, Storage storage) {
    if (section.has(WeightsSection.SHA256)) {
      String found = sha256(section, Location.of(section.get(WeightsSection.FILE)), storage);
      if (!found.equals(section.get(WeightsSection.SHA256))) {
        throw section.error(
            WeightsSection.SHA256,
            "must be that of "
                + section.get(WeightsSection.FILE)
                + ", which is "
                + found
                + "; bring back the file that was there, or leave sha256 out in a new run");
      }
    }
  }

  static SafetensorsReader open(Options section, Path file) {
    try {
      return new SafetensorsReader(file);
    } catch (IllegalStateException e) {
      throw new ConfigurationException(
          section.path() + ".file: " + e.getMessage() + " (" + section.place() + ")", e);
    }
  }

  private static String sha256(Options section, Location file, Storage storage) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      if (!storage.isFile(file)) {
        throw section.error(WeightsSection.FILE, "must be a safetensors file that is there");
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    try (InputStream in = storage.open(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw unreadable(file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static ConfigurationException unreadable(Location file, IOException e) {
    return new ConfigurationException("cannot read the weights " + file + ": " + e, e);
  }
}
