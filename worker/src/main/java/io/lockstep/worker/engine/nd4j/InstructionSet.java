package io.lockstep.worker.engine.nd4j;

import java.util.List;
import java.util.Map;

/**
 * The instruction set that the native libraries are pinned to. Another one gives other bits, so a
 * run has exactly one, whatever else its machines could do. The launcher is told which by the
 * environment variable {@link #VARIABLE}, whose values are these names, and sets {@link
 * #environment} from it; executors get the same from the driver.
 */
public enum InstructionSet {
  /** 128 bits: every x86-64 server; about half as fast as AVX2. */
  SSE42("NEHALEM", "SSE41", "sse4_2"),
  /** 256 bits: every x86-64 server since 2013 (Intel) and 2015 (AMD). The default. */
  AVX2("HASWELL", "AVX2", "avx2 fma"),
  /** 512 bits: about twice as fast in products, where all machines of a run have it. */
  AVX512("SKYLAKEX", "AVX512_CORE", "avx512f avx512dq avx512bw avx512vl");

  /** The environment variable that tells the launcher which one to pin. */
  public static final String VARIABLE = "LOCKSTEP_INSTRUCTION_SET";

  static final String THREADS_VARIABLE = "OMP_NUM_THREADS";
  static final String BLAS_VARIABLE = "OPENBLAS_CORETYPE";
  static final String ONEDNN_VARIABLE = "DNNL_MAX_CPU_ISA";

  private final String openBlasCore;
  private final String oneDnnLimit;
  private final String processorFlags;

  InstructionSet(String openBlasCore, String oneDnnLimit, String processorFlags) {
    this.openBlasCore = openBlasCore;
    this.oneDnnLimit = oneDnnLimit;
    this.processorFlags = processorFlags;
  }

  /** What the environment must say before the native libraries load, on every machine of a run. */
  public Map<String, String> environment() {
    return Map.of(THREADS_VARIABLE, "1", BLAS_VARIABLE, openBlasCore, ONEDNN_VARIABLE, oneDnnLimit);
  }

  /** The names under which Linux lists what a processor must have for it. */
  List<String> processorFlags() {
    return List.of(processorFlags.split(" "));
  }
}
