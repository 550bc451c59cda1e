package io.lockstep.driver.server.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.tree.PartialSums;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.server.Synthetic;
import io.lockstep.worker.link.ServerAddress;
import io.lockstep.worker.link.WorkerIdentity;
import io.lockstep.worker.link.WorkerLink;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class AllocationTest {
  private static final int ELEMENTS = 1 << 20;
  private static final int STEPS = 10;

  private final ThreadMXBean allocations = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void aStepAllocatesNothingInProportionToTheModel() throws Exception {
    List<Function<ServerAddress, ServerAddress>> ways =
        List.of(ServerAddress::tcpOnly, ServerAddress::byUnixSocket, address -> address);
    for (Function<ServerAddress, ServerAddress> way : ways) {
      Synthetic synthetic =
          new Synthetic(
              1,
              4,
              1 << 14,
              "adamw",
              1.0,
              List.of(new TensorSpec("W", List.of(ELEMENTS), Role.WEIGHT)));
      try (LinkedRun run = new LinkedRun(synthetic, 2);
          WorkerLink link =
              WorkerLink.connect(
                  new WorkerIdentity(run.token(), 1, 0, 0),
                  synthetic.layout(),
                  run.addresses(way),
                  (offset, values) -> {})) {
        PartialSums sums = new PartialSums(synthetic.tree(), 0, 4, ELEMENTS, 1);
        link.pull(0);
        link.await(0);
        train(link, sums, 0, STEPS);
        long before = allocated();
        train(link, sums, STEPS, 2 * STEPS);
        long bytesPerStep = (allocated() - before) / STEPS;
        assertThat(bytesPerStep).isLessThan(ELEMENTS * 4L / 20);
      }
    }
  }

  private static void train(WorkerLink link, PartialSums sums, long from, long to)
      throws Exception {
    for (long step = from; step < to; step++) {
      sums.begin();
      for (int m = 0; m < 4; m++) {
        PartialSums.Slice slice = Objects.requireNonNull(sums.next());
        Arrays.fill(slice.gradient(), 1e-3f * m);
        sums.done(slice, new Scalars(0.5, 1, 1, 1));
      }
      link.push(step, sums.await());
      link.await(step + 1);
    }
  }

  private long allocated() {
    return Arrays.stream(allocations.getThreadAllocatedBytes(allocations.getAllThreadIds()))
        .filter(bytes -> bytes > 0)
        .sum();
  }
}
