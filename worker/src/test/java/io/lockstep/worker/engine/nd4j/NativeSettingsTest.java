package io.lockstep.worker.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NativeSettingsTest {
  private static final Set<String> ALL =
      Set.of("sse4_2", "avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl");

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void whatAnInstructionSetAsksForIsAccepted(InstructionSet set) {
    assertThat(NativeSettings.check(set.environment(), ALL)).isEqualTo(set);
    assertThat(NativeSettings.check(set.environment(), Set.of())).isEqualTo(set);
  }

  @Test
  void anEnvironmentThatPinsNothingIsRefusedWithTheWayOut() {
    assertThatThrownBy(() -> NativeSettings.check(Map.of(), ALL))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the native libraries are not pinned to one thread and one instruction set (AVX2):"
                + " DNNL_MAX_CPU_ISA must be AVX2, got nothing; OMP_NUM_THREADS must be 1, got"
                + " nothing; OPENBLAS_CORETYPE must be HASWELL, got nothing; start through"
                + " deploy/lockstep, which sets them, or export them before the JVM starts (for"
                + " executors: spark.executorEnv.NAME)");
  }

  @Test
  void librariesPinnedToDifferentSetsAreRefused() {
    Map<String, String> mixed = new HashMap<>(InstructionSet.AVX512.environment());
    mixed.put("DNNL_MAX_CPU_ISA", "AVX2");
    assertThatThrownBy(() -> NativeSettings.check(mixed, ALL))
        .hasMessageContaining("(AVX512): DNNL_MAX_CPU_ISA must be AVX512_CORE, got AVX2;");
  }

  @Test
  void moreThreadsThanOneAreRefused() {
    Map<String, String> threads = new HashMap<>(InstructionSet.AVX2.environment());
    threads.put("OMP_NUM_THREADS", "2");
    assertThatThrownBy(() -> NativeSettings.check(threads, ALL))
        .hasMessageContaining("OMP_NUM_THREADS must be 1, got 2;");
  }

  @Test
  void aProcessorWithoutTheInstructionsIsRefused() {
    assertThatThrownBy(
            () ->
                NativeSettings.check(
                    InstructionSet.AVX512.environment(), Set.of("avx2", "fma", "avx512f")))
        .hasMessage(
            "this machine's processor cannot run AVX512, it lacks avx512dq, avx512bw, avx512vl; set"
                + " LOCKSTEP_INSTRUCTION_SET to a smaller one for the whole run, or leave the"
                + " machine out");
  }

  @Test
  void theFactsNameWhatComputes() {
    assertThat(NativeSettings.facts())
        .containsEntry("instructionSet", "AVX2")
        .containsEntry("blas", "OpenBLAS 0.3.19")
        .hasEntrySatisfying("java", java -> assertThat(java).contains("VM"))
        .hasEntrySatisfying(
            "backend", backend -> assertThat(backend).startsWith("nd4j-").doesNotContain("${"));
  }
}
