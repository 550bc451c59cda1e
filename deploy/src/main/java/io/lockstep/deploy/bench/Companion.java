package io.lockstep.deploy.bench;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another process that takes orders and answers, a line each way, until its input ends. */
final class Companion implements Closeable {
  private final String what;
  private final Process process;
  private final PrintWriter orders;
  private final BufferedReader answers;
  private String name = "";

  private Companion(String what, List<String> command) throws IOException {
    this.what = what;
    this.process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** A JVM like this one, with the same options and class path, for another main class. */
  static Companion java(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new Companion(main.getSimpleName(), command);
  }

  /**
   * A script of {@code bench-peers}, once it says that it is ready.
   *
   * @throws PeerMissingException where there is no interpreter, or it lacks what the script imports
   */
  static Companion python(Peers peers, String script, String... arguments)
      throws PeerMissingException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(peers.python(), "-B", peers.script(script).toString()));
    command.addAll(List.of(arguments));
    Companion companion;
    try {
      companion = new Companion(script, command);
    } catch (IOException notFound) {
      throw new PeerMissingException("cannot run " + peers.python() + " (set BENCH_PYTHON)");
    }
    try {
      companion.readName();
    } catch (IOException notReady) {
      throw new PeerMissingException(peers.python() + " is no peer: " + notReady.getMessage());
    }
    return companion;
  }

  /**
   * Waits until it says {@code ready NAME}.
   *
   * @throws IOException where it ends instead
   */
  void readName() throws IOException {
    String line = answers.readLine();
    if (line == null || !line.startsWith("ready ")) {
      close();
      throw new IOException(what + " ended with exit code " + process.exitValue());
    }
    name = line.substring("ready ".length());
  }

  /** As it called itself; empty before {@link #readName}. */
  String name() {
    return name;
  }

  /** Gives an order and returns the answer. */
  String ask(String order) throws IOException {
    tell(order);
    return answer();
  }

  /** Gives an order. */
  void tell(String order) {
    orders.println(order);
  }

  /** Waits for the next line. */
  String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException(what + " ended");
    }
    return line;
  }

  /** The seconds in which it did its work so many times. */
  double seconds(int times) throws IOException {
    return Double.parseDouble(ask("run " + times).substring("seconds ".length()));
  }

  @Override
  public void close() {
    orders.close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException stop) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Where peers in Python are.
   *
   * @param python the interpreter
   * @param folder of the scripts
   */
  record Peers(String python, Path folder) {
    Path script(String name) {
      return folder.resolve(name);
    }

    /** {@code BENCH_PYTHON}, or python3 on the path. */
    static Peers find(Path folder) {
      String named = System.getenv("BENCH_PYTHON");
      return new Peers(named == null || named.isEmpty() ? "python3" : named, folder);
    }
  }
}
