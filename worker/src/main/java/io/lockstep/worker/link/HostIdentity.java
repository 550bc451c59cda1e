package io.lockstep.worker.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether two processes can meet in one file system: the machine's boot and the mount namespace,
 * which tells the containers of one machine apart.
 */
public final class HostIdentity {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path MOUNTS = Path.of("/proc/self/ns/mnt");

  private HostIdentity() {}

  /** This host's identity; empty where the system does not tell, and then no two are the same. */
  public static String ofThisHost() {
    try {
      return Files.readString(BOOT).strip() + "/" + Files.readSymbolicLink(MOUNTS);
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }
}
