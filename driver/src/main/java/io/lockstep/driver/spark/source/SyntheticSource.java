package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.driver.spark.source.synthetic.Generator;
import io.lockstep.driver.spark.source.synthetic.Generators;
import java.util.List;

/** Examples that are made up where they are needed: row r is a function of (seed, r) alone. */
final class SyntheticSource implements Source {
  static final Key<Options> GENERATOR =
      Key.named("generator", "", "what is made up, by name or as a section with a type").required();

  static final Key<Integer> EXAMPLES =
      Key.integer("examples", 0, Range.closed(1, Integer.MAX_VALUE), "how many rows").required();

  static final Key<Long> SEED =
      Key.longInteger(
          "seed", 0, Range.FINITE, "of the rows; validation needs another one than training");

  static final Registry.Entry<Source> ENTRY =
      new Registry.Entry<>(
          "synthetic",
          "Examples that are made up, without a file: each a function of the seed and its number.",
          List.of(GENERATOR, EXAMPLES, SEED),
          SyntheticSource::new);

  private final Options options;
  private final Generator generator;

  private SyntheticSource(Options options) {
    this.options = options;
    this.generator = Generators.REGISTRY.create(options.get(GENERATOR));
    options.get(EXAMPLES);
  }

  @Override
  public Table open(Reading reading) {
    return new SyntheticTable(
        options,
        options.get(GENERATOR).get(Registry.TYPE),
        reading.hadoop(),
        new Examples(generator, options.get(SEED), reading.labelled()),
        options.get(EXAMPLES));
  }

  /**
   * What makes rows; travels to the executors.
   *
   * @param generator of the rows
   * @param seed of the rows
   * @param labelled whether rows have labels
   */
  record Examples(Generator generator, long seed, boolean labelled)
      implements java.io.Serializable {}
}
