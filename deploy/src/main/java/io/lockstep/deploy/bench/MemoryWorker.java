package io.lockstep.deploy.bench;

import io.lockstep.common.layout.Layout;
import io.lockstep.common.tree.PartialSums;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.common.tree.Scalars;
import io.lockstep.deploy.bench.link.Addresses;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.Parameters;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.SliceEngine;
import io.lockstep.worker.engine.SliceSums;
import io.lockstep.worker.link.WorkerIdentity;
import io.lockstep.worker.link.WorkerLink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The worker of {@code memory-worker}: some steps, then the most memory it had resident. */
final class MemoryWorker {
  static final String TOKEN = "bench";
  static final int SLICES = 8;
  private static final int SLICE = 32;
  private static final int STEPS = 4;

  private MemoryWorker() {}

  /** {@code model address}. */
  public static void main(String[] arguments) throws Exception {
    Network network = Models.network(arguments[0]);
    Layout layout = Layout.of(network.tensors(), Layout.DEFAULT_CHUNK_ELEMENTS);
    PartialSums sums = new PartialSums(ReductionTree.of(SLICES), 0, SLICES, network.size(), 1);
    SliceBatch batch = Models.batch(network, SLICE);
    try (Parameters parameters = network.allocate();
        SliceEngine engine = network.engine(parameters, SLICE);
        WorkerLink link =
            WorkerLink.connect(
                new WorkerIdentity(TOKEN, 0, 0, 1),
                layout,
                List.of(Addresses.parse(arguments[1])),
                parameters::set)) {
      link.pull(0);
      link.await(0);
      for (int step = 0; step < STEPS; step++) {
        sums.begin();
        for (var slice = sums.next(); slice != null; slice = sums.next()) {
          SliceSums found = engine.gradient(batch, 1, step, slice.stream(), slice.gradient());
          sums.done(
              slice,
              Scalars.ofSlice(
                  found.loss(), found.weight(), found.gradientSquares(), batch.examples()));
        }
        link.push(step, sums.await());
        link.await(step + 1L);
      }
    }
    System.out.println(peakBytes());
  }

  private static long peakBytes() throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    throw new IllegalStateException("/proc/self/status has no VmHWM");
  }
}
