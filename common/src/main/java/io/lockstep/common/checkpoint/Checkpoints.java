package io.lockstep.common.checkpoint;

import io.lockstep.common.layout.Layout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of a run. A checkpoint is complete (its manifest exists) or absent. The order of
 * a write: every server writes its shard by {@link ShardWriter}, then one place calls {@link
 * #publish} with all entries.
 */
public final class Checkpoints {
  private static final String MANIFEST = "/manifest.json";
  private static final Pattern FOLDER = Pattern.compile("step-(\\d+)/.*");

  private final CheckpointStore store;

  /**
   * The checkpoints in a store.
   *
   * @param store where they lie
   */
  public Checkpoints(CheckpointStore store) {
    this.store = store;
  }

  /** The name of a step's checkpoint, such as {@code step-400}. */
  public static String folder(long step) {
    return "step-" + step;
  }

  /** Where they lie. */
  public CheckpointStore store() {
    return store;
  }

  /** The steps of the complete checkpoints, oldest first. */
  public List<Long> steps() {
    return names().stream()
        .filter(name -> name.endsWith(MANIFEST))
        .flatMap(name -> stepOf(name).stream())
        .sorted()
        .toList();
  }

  /** The newest complete checkpoint. */
  public Optional<Manifest> latest() {
    List<Long> steps = steps();
    return steps.isEmpty() ? Optional.empty() : Optional.of(manifest(steps.get(steps.size() - 1)));
  }

  /**
   * The manifest of a step's checkpoint.
   *
   * @throws CheckpointException where it is absent, damaged or of another format
   */
  public Manifest manifest(long step) {
    String name = folder(step) + MANIFEST;
    String who = "checkpoint " + folder(step);
    try (ReadableByteChannel channel = store.open(name)) {
      Manifest manifest = Manifest.parse(readAll(channel), who);
      if (manifest.step() != step) {
        throw new CheckpointException(
            who + ": the manifest must be of step " + step + ", got " + manifest.step());
      }
      return manifest;
    } catch (IOException e) {
      throw new CheckpointException(who + ": cannot read " + name + " in " + store, e);
    }
  }

  /**
   * Makes a checkpoint exist.
   *
   * @param manifest with all its shard files, which are written
   * @throws CheckpointException where the files do not hold every chunk exactly once
   */
  public void publish(Manifest manifest) {
    checkCover(manifest);
    String name = folder(manifest.step()) + MANIFEST;
    try (CheckpointStore.Writing writing = store.create(name)) {
      ByteBuffer bytes = ByteBuffer.wrap(manifest.toJson());
      while (bytes.hasRemaining()) {
        writing.write(bytes);
      }
      writing.commit();
    } catch (IOException e) {
      throw new CheckpointException("cannot write " + name + " in " + store, e);
    }
  }

  /**
   * Deletes all but the newest complete checkpoints, and what half-written ones before the newest
   * have left. The newest complete one always stays.
   *
   * @param keep how many stay, at least 1
   */
  public void prune(int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException("checkpoint.keep must be >= 1, got " + keep);
    }
    List<Long> complete = steps();
    if (complete.isEmpty()) {
      return;
    }
    TreeSet<Long> kept =
        new TreeSet<>(complete.subList(Math.max(0, complete.size() - keep), complete.size()));
    deleteIf(step -> step < kept.last() && !kept.contains(step));
  }

  /** Deletes every checkpoint after a step, and all that is half-written: before a resume. */
  public void cutBackTo(long step) {
    List<Long> complete = steps();
    deleteIf(other -> other > step || !complete.contains(other));
  }

  /**
   * Hands a run of chunks, in order, to the reader, whichever shard files they lie in.
   *
   * @param from first chunk
   * @param to one more than the last
   * @throws CheckpointException where a file is absent, damaged or belongs to something else
   */
  public void read(Manifest manifest, int from, int to, ChunkReader reader) {
    checkCover(manifest);
    Layout layout = manifest.layout();

    for (ShardEntry entry : manifest.shards()) {
      new ShardReader(store, manifest, layout, entry).read(from, to, reader);
    }
  }

  private static void checkCover(Manifest manifest) {
    int next = 0;
    for (ShardEntry entry : manifest.shards()) {
      if (entry.firstChunk() != next || entry.endChunk() < next) {
        throw new CheckpointException(
            manifest + ": " + entry.file() + " must begin at chunk " + next + ", got " + entry);
      }
      next = entry.endChunk();
    }
    int chunks = manifest.layout().chunks().size();
    if (next != chunks) {
      throw new CheckpointException(
          manifest + ": the shard files must hold " + chunks + " chunks, got " + next);
    }
  }

  /** The manifest goes first, so that a half-deleted checkpoint is an absent one. */
  private void deleteIf(java.util.function.LongPredicate condition) {
    List<String> doomed =
        names().stream().filter(n -> stepOf(n).filter(condition::test).isPresent()).toList();
    Stream<String> inOrder =
        Stream.concat(
            doomed.stream().filter(name -> name.endsWith(MANIFEST)),
            doomed.stream().filter(name -> !name.endsWith(MANIFEST)));
    inOrder.forEach(
        name -> {
          try {
            store.delete(name);
          } catch (IOException e) {
            throw new CheckpointException("cannot delete " + name + " in " + store, e);
          }
        });
  }

  private static Optional<Long> stepOf(String name) {
    Matcher matcher = FOLDER.matcher(name);
    return matcher.matches() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
  }

  private List<String> names() {
    try {
      return store.names();
    } catch (IOException e) {
      throw new CheckpointException("cannot list " + store, e);
    }
  }

  private static byte[] readAll(ReadableByteChannel channel) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (channel.read(buffer) >= 0) {
      bytes.write(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
    return bytes.toByteArray();
  }
}
