package io.lockstep.driver.cluster;

import java.time.Instant;
import java.util.Optional;

/**
 * One process of the cluster as its state file names it. A process id alone may long have gone to
 * another process: only with the instant of its start is it a name.
 *
 * @param role {@code master} or {@code worker-0}, which is also the name of its log file
 * @param pid its process id
 * @param startedMillis when the system says that it started, in milliseconds since 1970
 */
record Daemon(String role, long pid, long startedMillis) {

  static Daemon of(String role, ProcessHandle process) {
    return new Daemon(role, process.pid(), startOf(process));
  }

  /** The process, if it still runs. */
  Optional<ProcessHandle> process() {
    return ProcessHandle.of(pid)
        .filter(found -> startOf(found) == startedMillis)
        .filter(LocalCluster::runs);
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }
}
