package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.data.ExampleForm;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;

/** Arrays of NumPy's with rows of one kind. Plain files are read in parts, packed ones whole. */
record NpyTable(Options options, Configuration hadoop, List<NpyPair> pairs) implements Table {
  private static final long PART_BYTES = 32 << 20;

  @Override
  public String shown() {
    return InputFile.show(options.get(NpySource.FEATURES));
  }

  @Override
  public ExampleForm form() {
    return pairs.get(0).form();
  }

  @Override
  public RDD<Parsed> rows(SparkContext spark, LabelReader labels, int parts) {
    List<NpyPair> read = pairs;
    List<FilePart> cut = new ArrayList<>();
    List<Integer> pairOf = new ArrayList<>();
    cut(parts, cut, pairOf);
    return new FileParts<>(
        spark,
        hadoop,
        cut,
        Parsed.class,
        (conf, part) ->
            new NpyRows(read.get(pairOf.get(part.index())), labels, conf, part.from(), part.to()));
  }

  private void cut(int parts, List<FilePart> cut, List<Integer> pairOf) {
    for (int p = 0; p < pairs.size(); p++) {
      NpyPair pair = pairs.get(p);
      NpyHeader header = pair.features().header();
      long wanted = parts > 0 ? parts : header.length() / PART_BYTES + 1;
      long count = pair.isPlain() ? Math.max(1, Math.min(wanted, pair.rows())) : 1;
      for (int i = 0; i < count; i++) {
        long from = i * (long) pair.rows() / count;
        long to = (i + 1L) * pair.rows() / count;
        cut.add(new FilePart(cut.size(), pair.features().file().path(), from, to));
        pairOf.add(p);
      }
    }
  }

  @Override
  public Rows<Parsed> inOrder(LabelReader labels) {
    List<FilePart> cut = new ArrayList<>();
    List<Integer> pairOf = new ArrayList<>();
    cut(0, cut, pairOf);
    return new FilesInOrder(
        IntStream.range(0, cut.size())
            .<FilesInOrder.Opening>mapToObj(
                i ->
                    () ->
                        new NpyRows(
                            pairs.get(pairOf.get(i)),
                            labels,
                            hadoop,
                            cut.get(i).from(),
                            cut.get(i).to()))
            .toList());
  }
}
