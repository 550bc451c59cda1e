package io.lockstep.driver.server.link;

import io.lockstep.common.frame.GradientForm;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.driver.server.Synthetic;
import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.StepFailure;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.link.Endpoint;
import io.lockstep.worker.link.ServerAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** The servers of a made-up training in this process, with what they told. */
final class LinkedRun implements AutoCloseable {
  private final Synthetic synthetic;
  private final String token = UUID.randomUUID().toString();
  private final List<ParameterServer> servers = new ArrayList<>();
  private final List<StepReport> reports = Collections.synchronizedList(new ArrayList<>());
  private final List<StepFailure> failures = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> joined = Collections.synchronizedList(new ArrayList<>());
  private final List<String> left = Collections.synchronizedList(new ArrayList<>());

  LinkedRun(Synthetic synthetic, int count) throws IOException {
    this(synthetic, count, GradientForm.FLOAT32);
  }

  LinkedRun(Synthetic synthetic, int count, GradientForm form) throws IOException {
    this(synthetic, count, form, Synthetic::learningRate);
  }

  LinkedRun(Synthetic synthetic, int count, GradientForm form, Schedule schedule)
      throws IOException {
    this.synthetic = synthetic;
    LocalRounds rounds = new LocalRounds(synthetic.layout());
    List<List<Chunk>> shards = synthetic.layout().shards(count);
    for (int s = 0; s < count; s++) {
      servers.add(
          ParameterServer.start(
              new ServerSettings(token, 1, s, Endpoint.at("127.0.0.1"), null, form),
              synthetic.shard(shards.get(s), schedule),
              synthetic.layout().longestChunk(),
              new Events(rounds)));
    }
    rounds.servers(servers);
  }

  private final class Events implements ServerEvents {
    private final LocalRounds rounds;

    Events(LocalRounds rounds) {
      this.rounds = rounds;
    }

    @Override
    public void stepDone(StepReport report) {
      reports.add(report);
    }

    @Override
    public void roundReady(RoundSums sums) {
      rounds.roundReady(sums);
    }

    @Override
    public void failed(StepFailure failure) {
      failures.add(failure);
    }

    @Override
    public void workerJoined(int worker, long attempt) {
      joined.add(worker);
    }

    @Override
    public void workerLeft(int worker, long attempt, String why) {
      left.add("worker " + worker + " attempt " + attempt + ": " + why);
    }
  }

  ServerEvents events() {
    return new Events(new LocalRounds(synthetic.layout()));
  }

  Synthetic synthetic() {
    return synthetic;
  }

  String token() {
    return token;
  }

  List<ParameterServer> servers() {
    return servers;
  }

  List<StepReport> reports() {
    return reports;
  }

  List<StepFailure> failures() {
    return failures;
  }

  List<Integer> joined() {
    return joined;
  }

  List<String> left() {
    return left;
  }

  /** The addresses, each made to be reached in some way. */
  List<ServerAddress> addresses(Function<ServerAddress, ServerAddress> way) {
    return servers.stream().map(ParameterServer::address).map(way).toList();
  }

  @Override
  public void close() {
    servers.forEach(ParameterServer::close);
  }
}
