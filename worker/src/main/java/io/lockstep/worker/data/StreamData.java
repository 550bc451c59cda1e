package io.lockstep.worker.data;

import io.lockstep.common.data.DataPlan;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.SourceChange;
import io.lockstep.common.data.StreamChecksum;
import io.lockstep.common.data.StreamKind;
import io.lockstep.common.data.StreamSummary;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The rows of one stream, as they were dealt, in pages of bytes: no page is copied while they are
 * read, and a stream may be larger than an array. Immutable, so several threads may read it.
 */
public final class StreamData {
  private static final int PAGE_BYTES = 16 << 20;

  private final ExampleForm form;
  private final byte[][] pages;
  private final int pageShift;
  private final StreamSummary summary;

  private StreamData(ExampleForm form, byte[][] pages, int pageShift, StreamSummary summary) {
    this.form = form;
    this.pages = pages;
    this.pageShift = pageShift;
    this.summary = summary;
  }

  /**
   * Reads a stream and compares it with what the driver dealt.
   *
   * @param plan the run's
   * @param kind training or validation
   * @param stream its number
   * @param rows its rows in order; read to their end
   * @throws io.lockstep.common.data.DataException where they are not the rows that were dealt
   */
  public static StreamData read(DataPlan plan, StreamKind kind, int stream, Iterator<byte[]> rows) {
    DataPlan.Streams streams = plan.streams(kind);
    StreamData data = read(streams.form(), rows);
    SourceChange.refuse(streams.source(), stream, streams.summaries().get(stream), data.summary);
    return data;
  }

  static StreamData read(ExampleForm form, Iterator<byte[]> rows) {
    return read(form, rows, PAGE_BYTES);
  }

  static StreamData read(ExampleForm form, Iterator<byte[]> rows, int pageBytes) {
    int rowsPerPage = Math.max(1, Integer.highestOneBit(Math.max(1, pageBytes / form.bytes())));
    StreamChecksum checksum = new StreamChecksum();
    List<byte[]> pages = new ArrayList<>();
    int inPage = rowsPerPage;
    while (rows.hasNext()) {
      byte[] row = rows.next();
      checksum.add(row);
      if (inPage == rowsPerPage) {
        pages.add(new byte[Math.multiplyExact(rowsPerPage, form.bytes())]);
        inPage = 0;
      }
      System.arraycopy(row, 0, pages.get(pages.size() - 1), inPage * form.bytes(), row.length);
      inPage++;
    }
    return new StreamData(
        form,
        pages.toArray(byte[][]::new),
        Integer.numberOfTrailingZeros(rowsPerPage),
        checksum.summary());
  }

  /** The form of its rows. */
  public ExampleForm form() {
    return form;
  }

  /** How many rows, and their checksum. */
  public StreamSummary summary() {
    return summary;
  }

  /** How many rows. */
  public int count() {
    return Math.toIntExact(summary.count());
  }

  /** The page in which a row is. */
  byte[] page(int row) {
    return pages[row >>> pageShift];
  }

  /** Where in its page a row begins. */
  int offset(int row) {
    return (row & ((1 << pageShift) - 1)) * form.bytes();
  }
}
