package io.lockstep.driver.server.link;

import io.lockstep.common.frame.GradientForm;
import io.lockstep.worker.link.Endpoint;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where and for whom a server listens.
 *
 * @param runToken the run's secret, without which nobody is let in
 * @param incarnation of the layout of chunks on servers
 * @param server its number, from 0
 * @param endpoint for TCP
 * @param socketFolder where the Unix-domain socket goes; null, or a path too long for a socket,
 *     makes a private temporary folder, which closing removes
 * @param form in which gradients are to come
 */
public record ServerSettings(
    String runToken,
    int incarnation,
    int server,
    Endpoint endpoint,
    @Nullable Path socketFolder,
    GradientForm form) {
  /** A free port, a private folder, and gradients as they are. */
  public static ServerSettings of(String runToken, int incarnation, int server, String host) {
    return new ServerSettings(
        runToken, incarnation, server, Endpoint.at(host), null, GradientForm.FLOAT32);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "server " + server + " (incarnation " + incarnation + ", " + endpoint + ")";
  }
}
