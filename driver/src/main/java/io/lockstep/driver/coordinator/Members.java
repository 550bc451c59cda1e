package io.lockstep.driver.coordinator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who takes part in the present submission, and since when somebody is missing. */
final class Members {
  /** A worker's present attempt. */
  static final class Member {
    final int worker;
    final long attempt;
    final long pid;
    final String host;
    boolean alive = true;
    boolean finished;

    Member(int worker, long attempt, long pid, String host) {
      this.worker = worker;
      this.attempt = attempt;
      this.pid = pid;
      this.host = host;
    }

    @Override
    public String toString() {
      return "worker " + worker + " (attempt " + attempt + ", pid " + pid + " on " + host + ")";
    }
  }

  private final TreeMap<Integer, Member> members = new TreeMap<>();
  private final Set<Long> lostAttempts = new HashSet<>();
  private int workers;
  private long missingSince;

  Members(int workers, long now) {
    reset(workers, now);
  }

  /** A new submission begins. */
  void reset(int newWorkers, long now) {
    workers = newWorkers;
    members.clear();
    missingSince = now;
  }

  int workers() {
    return workers;
  }

  boolean complete() {
    return alive() == workers;
  }

  int alive() {
    return (int) members.values().stream().filter(member -> member.alive).count();
  }

  List<Member> all() {
    return new ArrayList<>(members.values());
  }

  @Nullable Member get(int worker) {
    return members.get(worker);
  }

  /** Whether this is the worker's present attempt, and alive. */
  boolean isPresent(int worker, long attempt) {
    Member member = members.get(worker);
    return member != null && member.alive && member.attempt == attempt;
  }

  void add(ToCoordinator.Join join) {
    members.put(join.worker(), new Member(join.worker(), join.attempt(), join.pid(), join.host()));
  }

  /**
   * An attempt is gone.
   *
   * @return whether that is news
   */
  boolean lost(int worker, long attempt, long now) {
    boolean wasComplete = complete();
    Member member = members.get(worker);
    if (member != null && member.attempt == attempt) {
      member.alive = false;
    }
    if (wasComplete && !complete()) {
      missingSince = now;
    }
    return lostAttempts.add(attempt);
  }

  /** For how long somebody has been missing. */
  long missingNanos(long now) {
    return complete() ? 0 : now - missingSince;
  }
}
