/**
 * Examples that are made up: each a pure function of (seed, row number), by counters, so that no
 * file is needed and any row can be made anywhere. One generator a file. Imports {@code
 * common.config} and {@code common.random}. Read {@link
 * io.lockstep.driver.spark.source.synthetic.Generator} first, then {@link
 * io.lockstep.driver.spark.source.synthetic.Generators}.
 */
@NullMarked
package io.lockstep.driver.spark.source.synthetic;

import org.jspecify.annotations.NullMarked;
