package io.lockstep.driver.spark;

import io.lockstep.common.config.RunConfiguration;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.rdd.RDD;

/** What the tests of data have in common: configurations, small files, streams as lists. */
final class DataCase {
  private DataCase() {}

  /** A configuration whose {@code data} are the lines given, with M streams. */
  static RunConfiguration configuration(int features, int streams, String... data) {
    return shaped("[" + features + "]", streams, data);
  }

  /** As the other form, for a {@code model.input} of any shape. */
  static RunConfiguration shaped(String input, int streams, String... data) {
    return RunConfiguration.parse(
        "seed: 7\ndata:\n  "
            + String.join("\n  ", data)
            + "\nmodel:\n  input: "
            + input
            + "\n  layers: [{type: dense, units: 2}]\n"
            + "loss: {type: mse}\noptimizer: {type: sgd, learningRate: 0.1}\n"
            + "batch: {size: "
            + 2 * streams
            + ", slice: 2}\ntrain: {epochs: 1}\n",
        "test.yaml");
  }

  /** Each stream's rows in hexadecimal. */
  static List<List<String>> rows(RDD<byte[]> streams) {
    return streams.toJavaRDD().glom().collect().stream()
        .map(stream -> stream.stream().map(HexFormat.of()::formatHex).toList())
        .toList();
  }

  /** Writes lines, each ended by a line feed; gzipped where the name ends in .gz. */
  static Path write(Path file, List<String> lines) throws IOException {
    try (OutputStream out = open(file)) {
      for (String line : lines) {
        out.write((line + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    return file;
  }

  /** Writes an IDX file of unsigned bytes, one dimension behind the rows where wider than 1. */
  static Path writeIdx(Path file, List<byte[]> rows) throws IOException {
    boolean wide = rows.get(0).length > 1;
    try (OutputStream out = open(file)) {
      ByteBuffer header = ByteBuffer.allocate(wide ? 12 : 8);
      header.putInt(wide ? 0x802 : 0x801).putInt(rows.size());
      if (wide) {
        header.putInt(rows.get(0).length);
      }
      out.write(header.array());
      for (byte[] row : rows) {
        out.write(row);
      }
    }
    return file;
  }

  private static OutputStream open(Path file) throws IOException {
    OutputStream out = Files.newOutputStream(file);
    return file.toString().endsWith(".gz") ? new GZIPOutputStream(out) : out;
  }

  /** What a task would see, stream by stream: number, kind, rows in hexadecimal. */
  static List<String> seen(Dealt dealt, int workers) {
    return dealt
        .grouped(workers)
        .toJavaRDD()
        .mapPartitions(
            streams -> {
              List<String> seen = new ArrayList<>();
              while (streams.hasNext()) {
                StreamRows stream = streams.next();
                StringBuilder text = new StringBuilder();
                stream
                    .rows()
                    .forEachRemaining(row -> text.append(Arrays.hashCode(row)).append(','));
                seen.add(stream.stream() + " " + stream.kind() + " " + text);
              }
              return seen.iterator();
            })
        .collect();
  }
}
