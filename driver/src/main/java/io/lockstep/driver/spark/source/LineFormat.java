package io.lockstep.driver.spark.source;

import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/** How the lines of a text file become rows; travels to the executors. */
@FunctionalInterface
interface LineFormat extends Serializable {
  /** Opens a part of a file, as {@link LineRows} says. */
  LineRows open(InputFile file, LabelReader labels, Configuration hadoop, long from, long to);
}
