package io.lockstep.driver;

import io.lockstep.driver.cli.Lockstep;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Starts Lockstep. */
public final class Main {
  private Main() {}

  /**
   * Runs one command and ends the process.
   *
   * @param arguments as {@code lockstep --help} explains them
   */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(Lockstep.run(arguments, out, err));
  }
}
