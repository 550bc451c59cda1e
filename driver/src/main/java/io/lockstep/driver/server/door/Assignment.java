package io.lockstep.driver.server.door;

import io.lockstep.common.data.EpochPlan;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * All that a server process must know of a run.
 *
 * @param process its number in the run, from 1
 * @param configuration resolved, as YAML
 * @param epochs which follow from the data
 * @param runToken the run's secret
 * @param coordinator the coordinator's address
 * @param checkpoints where they lie
 * @param mark a file beside them that the driver has written there, to be found by the process
 * @param socketFolder of the run's Unix-domain sockets on the driver's host
 */
public record Assignment(
    int process,
    String configuration,
    EpochPlan epochs,
    String runToken,
    String coordinator,
    String checkpoints,
    String mark,
    String socketFolder) {
  /** The same for the process of this number. */
  Assignment forProcess(int newProcess) {
    return new Assignment(
        newProcess, configuration, epochs, runToken, coordinator, checkpoints, mark, socketFolder);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(process);
    Greeting.writeText(out, configuration);
    out.writeInt(epochs.slice());
    out.writeLong(epochs.stepsPerEpoch());
    Greeting.writeText(out, runToken);
    Greeting.writeText(out, coordinator);
    Greeting.writeText(out, checkpoints);
    Greeting.writeText(out, mark);
    Greeting.writeText(out, socketFolder);
  }

  static Assignment read(DataInputStream in) throws IOException {
    return new Assignment(
        in.readInt(),
        Greeting.readText(in),
        new EpochPlan(in.readInt(), in.readLong()),
        Greeting.readText(in),
        Greeting.readText(in),
        Greeting.readText(in),
        Greeting.readText(in),
        Greeting.readText(in));
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "process " + process + " of the coordinator " + coordinator;
  }
}
