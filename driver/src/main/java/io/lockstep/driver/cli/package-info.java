/**
 * The command line: what the user may say, what is refused, what is printed. Imports picocli, the
 * report, and, behind the commands, what does the work. {@code --help} loads none of Spark, Akka
 * and ND4J: commands name them in method bodies only. Read {@link io.lockstep.driver.cli.Lockstep}
 * first, then {@link io.lockstep.driver.cli.TrainCommand}.
 */
@NullMarked
package io.lockstep.driver.cli;

import org.jspecify.annotations.NullMarked;
