package io.lockstep.deploy.bench.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** What a benchmark says to a workload and hears from it, a line each way. */
final class Orders {
  /** The work, so many times. */
  @FunctionalInterface
  interface Work {
    void run(int times) throws Exception;
  }

  private Orders() {}

  static void serve(String name, Work work) throws Exception {
    say("ready " + name);
    BufferedReader orders = input();
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      int times = Integer.parseInt(line.split(" ", 2)[1]);
      long begin = System.nanoTime();
      work.run(times);
      say("seconds " + (System.nanoTime() - begin) / 1e9);
    }
  }

  static BufferedReader input() throws IOException {
    return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  }

  @SuppressWarnings("SystemOut") // the answer is the program's output
  static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
