package io.lockstep.worker.engine;

import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.PlainKernel;
import io.lockstep.worker.engine.nd4j.Nd4jKernel;
import java.util.LinkedHashMap;
import java.util.Map;

/** The kernels that every activation and loss is tested on, by the name of their element type. */
public final class TestKernels {
  private TestKernels() {}

  /** The reference. */
  public static Kernel float64() {
    return new PlainKernel();
  }

  /** A new kernel of each kind. */
  public static Map<String, Kernel> all() {
    Map<String, Kernel> kernels = new LinkedHashMap<>();
    kernels.put("float64", float64());
    kernels.put("float32", new Nd4jKernel());
    return kernels;
  }
}
