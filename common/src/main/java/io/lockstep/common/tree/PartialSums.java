package io.lockstep.common.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sums of one worker: its run of slices, computed by several threads in any order, becomes the
 * sums of the largest complete subtrees inside the run, by the tree and nothing else. Node = left +
 * right; absent + x = x. Left + right is added into whichever of the two arrays is at hand: IEEE
 * addition is commutative, so the bits do not depend on it, nor on the interleaving of threads.
 *
 * <p>Use, once a step: {@link #begin}; then each thread calls {@link #next} until it returns null,
 * computes the slice into {@link Slice#gradient} and hands it back by {@link #done} or {@link
 * #absent}; then {@link #await}. The arrays of the partial sums belong to the caller until the next
 * {@code begin}.
 *
 * <p>Memory: a slice is handed out together with its array, and a thread waits for an array where
 * none is free. Slices are handed out in a fixed order, largest subtree first; when all threads
 * wait, those done are a prefix of it and the arrays in use are the prefix's subtrees. So one array
 * more than the most subtrees of a prefix is enough for any number of threads: {@link #buffers}, at
 * most depth + 2, the ones that the engines write to included. With the parameters that makes depth
 * + 3 times the model.
 */
public final class PartialSums {
  /**
   * One slice in the hands of a thread.
   *
   * @param stream its leaf
   * @param gradient [n], to be overwritten
   */
  @SuppressWarnings("ArrayRecordComponent") // a view of a pooled buffer, never compared
  public record Slice(int stream, float[] gradient) {}

  private final ReductionTree tree;
  private final int elements;
  private final int buffers;
  private final List<Integer> cover;

  /** The cover as it is computed: the sums that wait meanwhile are then the fewest. */
  private final List<Integer> largestFirst;

  private final int[] order;

  private final ArrayDeque<float[]> free = new ArrayDeque<>();
  private final Map<Integer, Partial> sums = new HashMap<>();
  private final List<NonFinite> nonFinite = new ArrayList<>();
  private int allocated;
  private int next;
  private int inHands;
  private int missing;
  private boolean cancelled;

  /**
   * @param tree the tree over all slices of a step
   * @param from first slice of the worker
   * @param to one more than its last slice
   * @param elements n, of the flat vector
   * @param threads how many compute side by side
   */
  public PartialSums(ReductionTree tree, int from, int to, int elements, int threads) {
    if (from < 0 || from >= to || to > tree.leaves()) {
      throw new IllegalArgumentException(
          "a worker's slices must be a run within 0.."
              + tree.leaves()
              + ", got "
              + from
              + ".."
              + to);
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1, got " + threads);
    }
    this.tree = tree;
    this.elements = elements;
    this.cover = tree.cover(from, to);
    this.largestFirst = new ArrayList<>(cover);
    largestFirst.sort(Comparator.comparingInt(node -> tree.firstLeaf(node) - tree.endLeaf(node)));
    this.order = order(to - from);
    int needed = needed();
    this.buffers = Math.max(needed, Math.min(tree.depth() + 2, needed + threads - 1));
    this.next = order.length;
  }

  private int[] order(int slices) {
    int[] order = new int[slices];
    int k = 0;
    for (int node : largestFirst) {
      for (int leaf = tree.firstLeaf(node); leaf < tree.endLeaf(node); leaf++) {
        order[k++] = leaf;
      }
    }
    return order;
  }

  /** The finished subtrees, those of the one being computed, and an array for the slice in hand. */
  private int needed() {
    int needed = 1;
    for (int finished = 0; finished < largestFirst.size(); finished++) {
      int first = tree.firstLeaf(largestFirst.get(finished));
      int end = tree.endLeaf(largestFirst.get(finished));
      for (int leaf = first; leaf < end; leaf++) {
        int waiting = leaf == first ? 0 : tree.cover(first, leaf).size();
        needed = Math.max(needed, finished + waiting + 1);
      }
    }
    return needed;
  }

  /** Most arrays of n elements that are ever allocated. */
  public int buffers() {
    return buffers;
  }

  /** The nodes that the worker hands over, left to right. */
  public List<Integer> cover() {
    return cover;
  }

  /** Starts a step: takes back the arrays of the last one. */
  public synchronized void begin() {
    if (inHands > 0) {
      throw new IllegalStateException(
          "a step must not begin while slices are computed: " + inHands);
    }
    sums.values().forEach(this::recycle);
    sums.clear();
    nonFinite.clear();
    next = 0;
    missing = cover.size();
    cancelled = false;
  }

  /**
   * The next slice with an array to compute it into, waiting until one is free.
   *
   * @return null where all slices are handed out, or the step was cancelled
   */
  public synchronized @Nullable Slice next() throws InterruptedException {
    while (!cancelled && next < order.length && free.isEmpty() && allocated == buffers) {
      wait();
    }
    if (cancelled || next == order.length) {
      return null;
    }
    float[] gradient = free.poll();
    if (gradient == null) {
      gradient = new float[elements];
      allocated++;
    }
    inHands++;
    return new Slice(order[next++], gradient);
  }

  /**
   * Takes a computed slice and adds up what it completes.
   *
   * @param scalars its other sums
   */
  public void done(Slice slice, Scalars scalars) {
    combine(new Partial(tree.leaf(slice.stream()), true, slice.gradient(), scalars));
  }

  /** Takes back a slice whose stream has run out. */
  public void absent(Slice slice) {
    synchronized (this) {
      free.push(slice.gradient());
      notifyAll();
    }
    combine(Partial.absent(tree.leaf(slice.stream())));
  }

  private void combine(Partial leaf) {
    Partial sum = leaf;
    while (!cover.contains(sum.node())) {
      Partial sibling = meet(sum);
      if (sibling == null) {
        return;
      }
      sum = add(tree.parent(sum.node()), sum, sibling);
    }
    finish(sum);
  }

  private synchronized @Nullable Partial meet(Partial sum) {
    Partial sibling = sums.remove(tree.sibling(sum.node()));
    if (sibling == null) {
      sums.put(sum.node(), sum);
      handedBack();
    }
    return sibling;
  }

  private Partial add(int parent, Partial a, Partial b) {
    if (!a.present() || !b.present()) {
      Partial sum = a.present() ? a : b;
      return new Partial(parent, sum.present(), sum.gradient(), sum.scalars());
    }
    add(a.gradient(), b.gradient());
    synchronized (this) {
      free.push(b.gradient());
      notifyAll();
    }
    return new Partial(parent, true, a.gradient(), a.scalars().plus(b.scalars()));
  }

  /** One index for both arrays: C2 vectorises the loop. */
  private static void add(float[] sum, float[] other) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
  }

  private void finish(Partial sum) {
    @Nullable NonFinite bad = sum.present() ? check(sum) : null;
    synchronized (this) {
      if (bad != null) {
        nonFinite.add(bad);
      }
      sums.put(sum.node(), sum);
      missing--;
      handedBack();
    }
  }

  private @Nullable NonFinite check(Partial sum) {
    int position = FiniteCheck.firstNonFinite(sum.gradient(), 0, elements);
    Scalars scalars = sum.scalars();
    if (position < 0 && Double.isFinite(scalars.loss()) && Double.isFinite(scalars.weight())) {
      return null;
    }
    return new NonFinite(
        sum.node(), tree.firstLeaf(sum.node()), tree.endLeaf(sum.node()), position);
  }

  /** A slice has left its thread's hands; called under the lock. */
  private void handedBack() {
    inHands--;
    notifyAll();
  }

  /** Ends a step early: no more slices are handed out, and {@link #await} returns nothing. */
  public synchronized void cancel() {
    cancelled = true;
    notifyAll();
  }

  /**
   * Waits until all slices are handed back.
   *
   * @return the worker's sums, left to right; empty where the step was cancelled
   */
  public synchronized List<Partial> await() throws InterruptedException {
    while (inHands > 0 || (!cancelled && missing > 0)) {
      wait();
    }
    if (cancelled) {
      return List.of();
    }
    List<Partial> partials = new ArrayList<>();
    for (int node : cover) {
      partials.add(java.util.Objects.requireNonNull(sums.get(node)));
    }
    return partials;
  }

  /**
   * The leftmost sum of the step that is not finite, null where all are. Which slice it comes from
   * is found by computing those below the node again, one by one.
   */
  public synchronized @Nullable NonFinite nonFinite() {
    return nonFinite.stream().min(Comparator.comparingInt(NonFinite::firstLeaf)).orElse(null);
  }

  private void recycle(Partial partial) {
    if (partial.present()) {
      free.push(partial.gradient());
    }
  }
}
