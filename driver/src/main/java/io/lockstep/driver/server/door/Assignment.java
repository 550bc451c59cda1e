package io.lockstep.driver.server.door;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.data.EpochPlan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

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
  /** Of all of it. */
  static final int MOST_BYTES = 1 << 24;

  /** The same for the process of this number. */
  Assignment forProcess(int newProcess) {
    return new Assignment(
        newProcess, configuration, epochs, runToken, coordinator, checkpoints, mark, socketFolder);
  }

  /**
   * As it is sent.
   *
   * @throws ConfigurationException where it is longer than a process would read
   */
  byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("memory can be written to", e);
    }
    if (bytes.size() > MOST_BYTES) {
      throw new ConfigurationException(
          "a run on server processes must have a configuration of at most "
              + MOST_BYTES
              + " bytes, got "
              + bytes.size()
              + ": name files instead of what is in them");
    }
    return bytes.toByteArray();
  }

  private void write(DataOutputStream out) throws IOException {
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

  /** What a driver has encoded, who has proved that it is one. */
  static Assignment decode(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    return new Assignment(
        in.readInt(),
        Greeting.readText(in, MOST_BYTES),
        new EpochPlan(in.readInt(), in.readLong()),
        Greeting.readText(in, MOST_BYTES),
        Greeting.readText(in, MOST_BYTES),
        Greeting.readText(in, MOST_BYTES),
        Greeting.readText(in, MOST_BYTES),
        Greeting.readText(in, MOST_BYTES));
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "process " + process + " of the coordinator " + coordinator;
  }
}
