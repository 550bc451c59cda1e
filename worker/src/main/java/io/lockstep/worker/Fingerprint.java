package io.lockstep.worker;

/**
 * What computes in a process.
 *
 * @param description JDK, backend, instruction set, versions: to be read by people
 * @param canary SHA-256 of the canary gradient of the run's model, hexadecimal: equal where the
 *     same bits are computed
 */
public record Fingerprint(String description, String canary) {
  /** One line for files and errors. */
  @Override
  public String toString() {
    return description + ", canary " + canary.substring(0, Math.min(16, canary.length()));
  }
}
