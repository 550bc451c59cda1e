package io.lockstep.common.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The flat vector of parameters: tensors one after another, each cut into chunks of whole matrices
 * (of the last two extents); of whole rows where a matrix is larger than a chunk; of parts of one
 * row where that is. A tensor that its update rule must see whole is one chunk, however large, and
 * so are running statistics, whose mean and variance are updated together. The layout follows from
 * the model, the chunk size and the update rule alone, never from the cluster; shards are cut
 * between chunks.
 */
public final class Layout {
  /** Elements of a chunk unless the configuration says otherwise: 64 Ki, 256 KiB of floats. */
  public static final int DEFAULT_CHUNK_ELEMENTS = 64 * 1024;

  /**
   * Most elements of a tensor that is kept whole: 64 Mi, 256 MiB of floats. A chunk travels in one
   * frame, and lies with its state in one record of a checkpoint.
   */
  public static final int MAXIMUM_WHOLE_ELEMENTS = 64 * 1024 * 1024;

  private final List<TensorSpec> tensors;
  private final List<Chunk> chunks;
  private final long[] tensorOffsets;
  private final int[] firstChunks;
  private final int chunkElements;
  private final List<String> whole;
  private final int longestChunk;

  private Layout(List<TensorSpec> tensors, int chunkElements, List<String> whole) {
    this.tensors = List.copyOf(tensors);
    this.chunkElements = chunkElements;
    this.whole = List.copyOf(whole);
    this.tensorOffsets = new long[tensors.size() + 1];
    this.firstChunks = new int[tensors.size() + 1];
    List<Chunk> cut = new ArrayList<>();
    for (int t = 0; t < tensors.size(); t++) {
      firstChunks[t] = cut.size();
      cut(t, tensorOffsets[t], cut);
      tensorOffsets[t + 1] = tensorOffsets[t] + tensors.get(t).size();
    }
    firstChunks[tensors.size()] = cut.size();
    this.chunks = List.copyOf(cut);
    this.longestChunk = cut.stream().mapToInt(Chunk::length).max().orElse(0);
  }

  /**
   * The layout of a model's tensors, all of which may be cut.
   *
   * @param tensors in the model's order, names unique
   * @param chunkElements most elements of a chunk, at least 1
   */
  public static Layout of(List<TensorSpec> tensors, int chunkElements) {
    return of(tensors, chunkElements, tensor -> false);
  }

  /**
   * The layout of a model's tensors.
   *
   * @param tensors in the model's order, names unique
   * @param chunkElements most elements of a chunk of a tensor that is cut, at least 1
   * @param isWhole whether a tensor must be one chunk, as {@code UpdateRule.whole} says; running
   *     statistics always are
   * @throws IllegalArgumentException where such a tensor has more than {@link
   *     #MAXIMUM_WHOLE_ELEMENTS}
   */
  public static Layout of(
      List<TensorSpec> tensors, int chunkElements, Predicate<TensorSpec> isWhole) {
    if (chunkElements < 1) {
      throw new IllegalArgumentException("chunkElements must be >= 1, got " + chunkElements);
    }
    if (tensors.stream().map(TensorSpec::name).distinct().count() != tensors.size()) {
      throw new IllegalArgumentException("tensor names must be unique, got " + tensors);
    }
    List<TensorSpec> whole = tensors.stream().filter(isWhole.or(TensorSpec::isStatistics)).toList();
    for (TensorSpec tensor : whole) {
      if (tensor.size() > MAXIMUM_WHOLE_ELEMENTS) {
        throw new IllegalArgumentException(
            "tensor "
                + tensor.name()
                + ", which its update needs whole, must have at most "
                + MAXIMUM_WHOLE_ELEMENTS
                + " elements, got "
                + tensor.size());
      }
    }
    return new Layout(tensors, chunkElements, whole.stream().map(TensorSpec::name).toList());
  }

  private void cut(int t, long offset, List<Chunk> cut) {
    if (whole.contains(tensors.get(t).name())) {
      cut.add(new Chunk(cut.size(), t, 0, offset, tensors.get(t).size()));
      return;
    }
    int unit = unit(tensors.get(t));
    int unitsPerChunk = chunkElements / unit;
    int run = unitsPerChunk > 0 ? unitsPerChunk * unit : unit;
    int size = tensors.get(t).size();
    for (long runStart = 0; runStart < size; runStart += run) {
      long runEnd = Math.min(runStart + run, size);
      for (long start = runStart; start < runEnd; start += chunkElements) {
        int length = (int) Math.min(chunkElements, runEnd - start);
        cut.add(new Chunk(cut.size(), t, (int) start, offset + start, length));
      }
    }
  }

  /** A matrix of the last two extents where a chunk has room for it, otherwise a row. */
  private int unit(TensorSpec tensor) {
    int row = tensor.rowLength();
    int rank = tensor.shape().size();
    long matrix = rank == 1 ? row : (long) row * tensor.shape().get(rank - 2);
    return matrix <= chunkElements ? (int) matrix : row;
  }

  /** The tensors in order. */
  public List<TensorSpec> tensors() {
    return tensors;
  }

  /** The chunks in order; their runs cover the flat vector without gap or overlap. */
  public List<Chunk> chunks() {
    return chunks;
  }

  /** Most elements of a chunk of a tensor that is cut. */
  public int chunkElements() {
    return chunkElements;
  }

  /** The names of the tensors that are one chunk each, however large. */
  public List<String> whole() {
    return whole;
  }

  /** Elements of the longest chunk: what buffers for a chunk of any tensor must hold. */
  public int longestChunk() {
    return longestChunk;
  }

  /** Elements of the flat vector. */
  public long size() {
    return tensorOffsets[tensors.size()];
  }

  /** The first element of a tensor in the flat vector. */
  public long tensorOffset(int tensor) {
    return tensorOffsets[tensor];
  }

  /** The number of the first chunk of a tensor; for the number of tensors, the number of chunks. */
  public int firstChunk(int tensor) {
    return firstChunks[tensor];
  }

  /** Whether a chunk holds running statistics, which are no parameters that a rule trains. */
  public boolean isStatistics(Chunk chunk) {
    return tensors.get(chunk.tensor()).isStatistics();
  }

  /** The tensor of a chunk. */
  public TensorSpec tensorOf(Chunk chunk) {
    return tensors.get(chunk.tensor());
  }

  /**
   * Cuts the chunks into contiguous shards of nearly equal numbers of elements: a chunk belongs to
   * the shard in which its middle element would lie if the vector were cut evenly.
   *
   * @param servers number of shards, at least 1; some are empty where there are fewer chunks
   * @return for each shard, in order, its chunks
   */
  public List<List<Chunk>> shards(int servers) {
    List<List<Chunk>> shards = new ArrayList<>();
    for (int s = 0; s < servers; s++) {
      shards.add(new ArrayList<>());
    }
    for (Chunk chunk : chunks) {
      double middle = (double) chunk.offset() + chunk.length() / 2.0;
      int shard = (int) Math.min(servers - 1L, (long) (middle * servers / size()));
      shards.get(shard).add(chunk);
    }
    return shards.stream().map(List::copyOf).toList();
  }
}
