package io.lockstep.worker;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.Parameters;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.SliceEngine;
import io.lockstep.worker.engine.SliceSums;
import io.lockstep.worker.engine.nd4j.NativeSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The canary: the gradient of the run's own model at its first parameters, over one slice of
 * made-up examples. Two processes with the same hash of it compute the same bits, as far as this
 * model's shapes and kernels go.
 */
public final class Canary {
  private Canary() {}

  /**
   * Computes it, and describes what computed it.
   *
   * @param slice examples of a slice, as in training: other sizes use other kernels
   */
  public static Fingerprint fingerprint(RunConfiguration run, Network network, int slice) {
    String description =
        NativeSettings.facts().entrySet().stream()
            .map(fact -> fact.getKey() + " " + fact.getValue())
            .collect(Collectors.joining(", "));
    return new Fingerprint(description, hash(run, network, slice));
  }

  private static String hash(RunConfiguration run, Network network, int slice) {
    SliceBatch batch = batch(network, slice);
    float[] gradient = new float[network.size()];
    try (Parameters parameters = network.allocate();
        SliceEngine engine = network.engine(parameters, slice)) {
      long offset = 0;
      for (int t = 0; t < network.tensors().size(); t++) {
        float[] values = new float[network.tensors().get(t).size()];
        network.initialize(run.seed(), t, 0, values, 0, values.length);
        parameters.set(offset, values, 0, values.length);
        offset += values.length;
      }
      SliceSums sums = engine.gradient(batch, run.seed(), 0, 0, gradient);
      return sha256(gradient, sums.loss());
    }
  }

  private static SliceBatch batch(Network network, int slice) {
    RandomStream random = RandomStream.of(0, Purpose.GRADIENT_CHECK, 0, 0, 0);
    SliceBatch batch = new SliceBatch(slice, network.inputSize(), network.labelWidth());
    OptionalInt tokens = network.tokens();
    for (int i = 0; i < batch.features().length; i++) {
      batch.features()[i] = tokens.isPresent() ? i % tokens.getAsInt() : random.unitFloat(i);
    }
    for (int e = 0; e < slice; e++) {
      network.objective().sample(e, batch.labels(), e * network.labelWidth());
    }
    batch.examples(slice);
    return batch;
  }

  private static String sha256(float[] gradient, double loss) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
      digest.update(bytes.putDouble(loss).flip());
      bytes.clear();
      for (float value : gradient) {
        bytes.putFloat(value);
        if (!bytes.hasRemaining()) {
          digest.update(bytes.flip());
          bytes.clear();
        }
      }
      digest.update(bytes.flip());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
