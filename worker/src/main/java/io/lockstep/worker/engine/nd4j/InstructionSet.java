package io.lockstep.worker.engine.nd4j;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The instruction set that the native libraries are pinned to. Another one gives other bits, so a
 * run has exactly one, whatever else its machines could do.
 */
public enum InstructionSet {
  /** 256 bits: every x86-64 server since 2013 (Intel) and 2015 (AMD). The default. */
  AVX2("HASWELL", "AVX2", "avx2 fma"),
  /** 512 bits: about twice as fast in products where all machines of a run have it. */
  AVX512("SKYLAKEX", "AVX512_CORE", "avx512f avx512dq avx512bw avx512vl");

  /** The environment variable by which the launcher is told which one to pin. */
  public static final String VARIABLE = "LOCKSTEP_INSTRUCTION_SET";

  private final String openBlasCore;
  private final String oneDnnLimit;
  private final String processorFlags;

  InstructionSet(String openBlasCore, String oneDnnLimit, String processorFlags) {
    this.openBlasCore = openBlasCore;
    this.oneDnnLimit = oneDnnLimit;
    this.processorFlags = processorFlags;
  }

  /** The name in {@link #VARIABLE}, the configuration and the fingerprint: avx2, avx512. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What the environment must say before the native libraries load, on every machine of a run. */
  public Map<String, String> environment() {
    return Map.of(
        VARIABLE,
        key(),
        "OMP_NUM_THREADS",
        "1",
        "OPENBLAS_CORETYPE",
        openBlasCore,
        "DNNL_MAX_CPU_ISA",
        oneDnnLimit);
  }

  /** The names under which Linux lists what a processor must have for it. */
  List<String> processorFlags() {
    return List.of(processorFlags.split(" "));
  }
}
