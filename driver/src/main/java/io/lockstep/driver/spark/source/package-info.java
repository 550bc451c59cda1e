/**
 * Where examples come from: tables of columns (CSV, Parquet, JSON lines, queries over sources), of
 * numbers alone (IDX, NumPy's arrays, LIBSVM), images, text and made-up examples, read through
 * Hadoop's file systems, so that any path works that Spark's do. A source opens a {@link
 * io.lockstep.driver.spark.source.Table}, which checks files and headers at once and then yields
 * rows, each parsed into the bytes of {@code common.data} or refused with its file and place;
 * whether a refused row ends the run or is counted is for the reader to say. Imports Spark, Hadoop,
 * Jackson, {@code driver.storage}, {@code common.config}, {@code common.data} and {@code
 * common.tokenizer}. Read {@link io.lockstep.driver.spark.source.Sources} first, then {@link
 * io.lockstep.driver.spark.source.Table}.
 */
@NullMarked
package io.lockstep.driver.spark.source;

import org.jspecify.annotations.NullMarked;
