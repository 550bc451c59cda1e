package io.lockstep.driver.coordinator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The server processes of a run: who is there, who has servers in the present incarnation, and
 * since when somebody is missing. A process that comes back is another one.
 */
final class ServerProcesses {
  /** One that is there. */
  record Host(int number, long pid, String host) {
    @Override
    public String toString() {
      return "server process " + number + " (pid " + pid + " on " + host + ")";
    }
  }

  private final int servers;
  private final int asked;
  private final TreeMap<Integer, Host> present = new TreeMap<>();
  private final Set<Integer> gone = new HashSet<>();
  private List<Host> hosting = List.of();
  private int wanted;
  private long missingSince;

  /**
   * @param asked how many the run is to have; 0 where servers live elsewhere
   */
  ServerProcesses(int servers, int asked, long now) {
    this.servers = servers;
    this.asked = asked;
    this.wanted = asked;
    this.missingSince = now;
  }

  /** Whether it may come: not again after it has gone, which may be heard first. */
  boolean mayJoin(int number) {
    return !gone.contains(number);
  }

  boolean isPresent(int number) {
    return present.containsKey(number);
  }

  /** Comes; a run that went on with fewer takes it from the next incarnation on. */
  void add(Host process) {
    present.put(process.number(), process);
    wanted = Math.min(asked, Math.max(wanted, present.size()));
  }

  /** Goes; null where it was not there. */
  @Nullable Host remove(int number, long now) {
    gone.add(number);
    boolean wasComplete = complete();
    Host process = present.remove(number);
    if (wasComplete && !complete()) {
      missingSince = now;
    }
    return process;
  }

  /** Whether so many are there that servers can be dealt to them. */
  boolean complete() {
    return present.size() >= wanted;
  }

  /** For how long somebody has been missing. */
  long missingNanos(long now) {
    return complete() ? 0 : now - missingSince;
  }

  int alive() {
    return present.size();
  }

  int asked() {
    return asked;
  }

  /** Waits for no more than are there. */
  void settleForPresent() {
    wanted = Math.min(wanted, present.size());
  }

  /** Those who have servers from now on: who came first, so that who stays keeps its place. */
  void deal() {
    hosting = List.copyOf(new ArrayList<>(present.values()).subList(0, wanted));
  }

  List<Host> all() {
    return List.copyOf(present.values());
  }

  /** Those who have servers, or had them before they went. */
  List<Host> hosting() {
    return hosting;
  }

  boolean isHosting(int number) {
    return hosting.stream().anyMatch(process -> process.number() == number);
  }

  /** The servers of a process: of those who host, that at place p has p, p + hosts, ... */
  List<Integer> serversOf(Host process) {
    int place = hosting.indexOf(process);
    return place < 0
        ? List.of()
        : IntStream.iterate(place, server -> server < servers, server -> server + hosting.size())
            .boxed()
            .toList();
  }

  /** Who has a server. */
  Host hostOf(int server) {
    return hosting.get(server % hosting.size());
  }
}
