package io.lockstep.deploy;

import java.io.IOException;
import org.apache.spark.sql.SparkSession;

/**
 * A Spark program: adds the numbers below 1000 on the cluster, then waits for the end of its input.
 */
public final class SumJob {
  private SumJob() {}

  /** Prints {@code sum 499500}. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      Object sum = spark.range(0, 1000, 1, 8).selectExpr("sum(id)").collectAsList().get(0).get(0);
      System.out.println("sum " + sum);
      while (System.in.read() >= 0) {
        // until its parent closes the pipe
      }
    }
  }
}
