package io.lockstep.driver.spark.source;

import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.data.DataException;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;

/**
 * Finds out which label is which class. Labels that are the classes' numbers are taken as they are;
 * texts become classes in their sorted order (by UTF-16 code units). They are texts if not one of
 * them is a whole number, so one slip in a column of numbers stays a slip.
 */
public final class LabelTexts {
  private LabelTexts() {}

  /**
   * The labels with the names of their classes, where the labels are texts; as they were otherwise.
   *
   * @throws DataException where there are not as many different texts as classes
   */
  public static LabelsSection resolve(SparkContext spark, Table table, LabelsSection labels) {
    if (!labels.classified() || !labels.names().isEmpty() || !table.hasTextLabels()) {
      return labels;
    }
    int most = labels.classes() + 1;
    List<String> found =
        JavaRDD.fromRDD(
                table.labelTexts(spark), scala.reflect.ClassTag$.MODULE$.apply(String.class))
            .mapPartitions(texts -> smallest(texts, most))
            .collect();
    return resolve(table, labels, smallest(found.iterator(), most));
  }

  private static LabelsSection resolve(
      Table table, LabelsSection labels, Iterator<String> smallest) {
    TreeSet<String> names = new TreeSet<>();
    smallest.forEachRemaining(names::add);
    if (names.isEmpty() || names.contains("")) {
      return labels;
    }
    if (names.size() != labels.classes()) {
      throw new DataException(
          table.name()
              + " must have "
              + labels.classes()
              + " different labels (data.labels.classes), got "
              + (names.size() > labels.classes() ? "more: " : names.size() + ": ")
              + String.join(", ", names)
              + "; set data.labels.classes, or name the classes in data.labels.names");
    }
    return new LabelsSection(labels.classes(), List.copyOf(names));
  }

  /** How the labels of a table are read. */
  public static LabelReader reader(Table table, LabelsSection labels) {
    if (!labels.classified()) {
      return labels.none() ? new LabelReader.Unread() : new LabelReader.Values();
    }
    return table.hasTextLabels() && !labels.names().isEmpty()
        ? new LabelReader.ClassNames(labels.names())
        : new LabelReader.ClassNumbers(labels.classes(), table.form().labels() > 1);
  }

  /** The first texts in sorted order; the empty text alone where one is a whole number. */
  private static Iterator<String> smallest(Iterator<String> texts, int most) {
    TreeSet<String> smallest = new TreeSet<>();
    while (texts.hasNext()) {
      String text = texts.next();
      if (text.isEmpty() || Numbers.isWhole(text)) {
        return List.of("").iterator();
      }
      smallest.add(text);
      if (smallest.size() > most) {
        smallest.pollLast();
      }
    }
    return smallest.iterator();
  }
}
