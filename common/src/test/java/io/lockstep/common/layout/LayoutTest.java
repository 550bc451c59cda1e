package io.lockstep.common.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The cut of tensors into chunks and of chunks into shards. */
class LayoutTest {
  private static TensorSpec tensor(String name, Integer... shape) {
    return new TensorSpec(name, List.of(shape), Role.WEIGHT);
  }

  private static Layout random(Random random) {
    List<TensorSpec> tensors = new ArrayList<>();
    for (int t = 0; t <= random.nextInt(6); t++) {
      Integer[] shape = new Integer[1 + random.nextInt(3)];
      for (int d = 0; d < shape.length; d++) {
        shape[d] = 1 + random.nextInt(9);
      }
      tensors.add(tensor("t" + t, shape));
    }
    return Layout.of(tensors, 1 + random.nextInt(20));
  }

  @Test
  void chunksAreWholeRowsOrPartsOfOneRow() {
    Layout layout = Layout.of(List.of(tensor("rows", 5, 4), tensor("long", 2, 25)), 10);
    assertThat(layout.chunks())
        .containsExactly(
            new Chunk(0, 0, 0, 0, 8),
            new Chunk(1, 0, 8, 8, 8),
            new Chunk(2, 0, 16, 16, 4),
            new Chunk(3, 1, 0, 20, 10),
            new Chunk(4, 1, 10, 30, 10),
            new Chunk(5, 1, 20, 40, 5),
            new Chunk(6, 1, 25, 45, 10),
            new Chunk(7, 1, 35, 55, 10),
            new Chunk(8, 1, 45, 65, 5));
  }

  @Test
  void chunksCoverTheVectorWithoutGapAndNeverCrossATensor() {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    for (int i = 0; i < 500; i++) {
      checkChunks(random(random), seed);
    }
  }

  private static void checkChunks(Layout layout, TestSeed seed) {
    long next = 0;
    for (Chunk chunk : layout.chunks()) {
      TensorSpec tensor = layout.tensorOf(chunk);
      int row = tensor.rowLength();
      assertThat(chunk.offset()).as(seed.toString()).isEqualTo(next);
      assertThat(chunk.length()).as(seed.toString()).isBetween(1, layout.chunkElements());
      assertThat(chunk.offset())
          .isEqualTo(layout.tensorOffset(chunk.tensor()) + chunk.tensorOffset());
      assertThat(layout.chunks().get(chunk.index())).isSameAs(chunk);
      assertThat(chunk.index())
          .isBetween(layout.firstChunk(chunk.tensor()), layout.firstChunk(chunk.tensor() + 1) - 1);
      boolean wholeRows = chunk.tensorOffset() % row == 0 && chunk.length() % row == 0;
      boolean inOneRow =
          chunk.tensorOffset() / row == (chunk.tensorOffset() + chunk.length() - 1) / row;
      assertThat(wholeRows || inOneRow).as("%s: %s of rows of %d", seed, chunk, row).isTrue();
      next += chunk.length();
    }
    assertThat(next).isEqualTo(layout.size());
  }

  @Test
  void shardsAreContiguousAndDifferByLessThanTwoChunks() {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    for (int i = 0; i < 500; i++) {
      Layout layout = random(random);
      int servers = 1 + random.nextInt(7);
      List<List<Chunk>> shards = layout.shards(servers);
      assertThat(shards).hasSize(servers);
      assertThat(shards.stream().flatMap(List::stream)).containsExactlyElementsOf(layout.chunks());
      for (List<Chunk> shard : shards) {
        double even = (double) layout.size() / servers;
        assertThat((double) shard.stream().mapToInt(Chunk::length).sum())
            .as("%s, %d servers", seed, servers)
            .isBetween(even - layout.chunkElements(), even + layout.chunkElements());
      }
    }
  }

  @Test
  void theLargestTensorIsCutWithoutOverflow() {
    Layout layout = Layout.of(List.of(tensor("w", Integer.MAX_VALUE)), 1 << 20);
    assertThat(layout.chunks()).hasSize(2048);
    assertThat(layout.chunks().get(2047))
        .isEqualTo(new Chunk(2047, 0, 2047 << 20, 2047L << 20, (1 << 20) - 1));
  }

  @Test
  void aTensorThatIsKeptWholeIsOneChunkOnOneShard() {
    Layout layout =
        Layout.of(
            List.of(tensor("a", 5, 4), tensor("m", 6, 5), tensor("b", 7)),
            4,
            tensor -> tensor.name().equals("m"));
    assertThat(layout.whole()).containsExactly("m");
    assertThat(layout.longestChunk()).isEqualTo(30);
    assertThat(layout.chunkElements()).isEqualTo(4);
    assertThat(layout.chunks()).hasSize(5 + 1 + 2).contains(new Chunk(5, 1, 0, 20, 30));
    assertThat(layout.shards(4).stream().flatMap(List::stream))
        .containsExactlyElementsOf(layout.chunks());
    assertThatThrownBy(() -> Layout.of(List.of(tensor("w", 8193, 8192)), 4, tensor -> true))
        .hasMessage(
            "tensor w, which its update needs whole, must have at most 67108864 elements, got"
                + " 67117056");
  }

  @Test
  void aVectorIsOneRow() {
    assertThat(tensor("b", 7).rowLength()).isEqualTo(7);
    assertThat(tensor("k", 5, 3, 2).rowLength()).isEqualTo(2);
    assertThat(tensor("k", 5, 3, 2).size()).isEqualTo(30);
  }

  @Test
  void whatCannotBeLaidOutIsRefused() {
    assertThatThrownBy(() -> Layout.of(List.of(), 0))
        .hasMessage("chunkElements must be >= 1, got 0");
    assertThatThrownBy(() -> Layout.of(List.of(tensor("a", 1), tensor("a", 2)), 4))
        .hasMessageStartingWith("tensor names must be unique, got [TensorSpec[name=a,");
    assertThatThrownBy(() -> tensor("a", 3, 0))
        .hasMessage("tensor a must have extents >= 1, got shape [3, 0]");
    assertThatThrownBy(() -> tensor("a"))
        .hasMessage("tensor a must have extents >= 1, got shape []");
    assertThatThrownBy(() -> tensor("a", 65536, 32768))
        .hasMessage("tensor a must have at most 2^31 - 1 elements, got shape [65536, 32768]");
  }

  @Test
  void rolesHaveTheNamesOfTheConfiguration() {
    assertThat(Role.trained()).extracting(Role::key).containsExactly("weight", "bias", "norm");
    assertThat(Role.values())
        .hasSize(Role.trained().size() + 2)
        .containsAll(Role.trained())
        .contains(Role.STATISTICS, Role.FROZEN);
  }

  @Test
  void runningStatisticsAreOneChunkWhateverTheRule() {
    TensorSpec statistics =
        new TensorSpec("bn.statistics", List.of(2, 9), Role.STATISTICS, new RunningMoments(0.1, 4));
    Layout layout = Layout.of(List.of(tensor("a", 5, 4), statistics), 4);
    assertThat(layout.whole()).containsExactly("bn.statistics");
    assertThat(layout.chunks()).hasSize(5 + 1).contains(new Chunk(5, 1, 0, 20, 18));
    assertThat(layout.chunks()).filteredOn(layout::isStatistics).hasSize(1);
  }

  @Test
  void whatAreNoRunningStatisticsIsRefused() {
    RunningMoments moments = new RunningMoments(0.1, 1);
    assertThatThrownBy(() -> new TensorSpec("s", List.of(2, 3), Role.STATISTICS))
        .hasMessage("tensor s must have moments exactly where its role is statistics");
    assertThatThrownBy(() -> new TensorSpec("w", List.of(2, 3), Role.WEIGHT, moments))
        .hasMessage("tensor w must have moments exactly where its role is statistics");
    assertThatThrownBy(() -> new TensorSpec("s", List.of(3, 3), Role.STATISTICS, moments))
        .hasMessage("tensor s must be [2, channels], got shape [3, 3]");
    assertThatThrownBy(() -> new RunningMoments(0, 1))
        .hasMessage("momentum must be in (0, 1], got 0.0");
    assertThatThrownBy(() -> new RunningMoments(1, 0))
        .hasMessage("valuesPerExample must be >= 1, got 0");
  }

  @Test
  void smallMatricesOfATensorAreNotCutApart() {
    List<TensorSpec> tensors = List.of(new TensorSpec("k", List.of(2, 3, 3, 2), Role.WEIGHT));
    assertThat(lengths(Layout.of(tensors, 16))).containsExactly(12, 12, 12);
    assertThat(lengths(Layout.of(tensors, 6))).containsExactly(6, 6, 6, 6, 6, 6);
    assertThat(lengths(Layout.of(tensors, 5))).as("rows").startsWith(4, 4, 4);
    assertThat(lengths(Layout.of(tensors, 1))).as("parts of rows").hasSize(36);
  }

  private static List<Integer> lengths(Layout layout) {
    return layout.chunks().stream().map(Chunk::length).toList();
  }
}
