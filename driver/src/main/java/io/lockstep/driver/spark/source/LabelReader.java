package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Names;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;

/** Turns a label as a source writes it into the number that a loss takes. */
public sealed interface LabelReader extends Serializable {
  /** The number for a label that is text; NaN where the label is refused. */
  float read(String label);

  /** The number for a label that is a number; NaN where the label is refused. */
  float read(double label);

  /** The number for a label that is a byte; NaN where the label is refused. */
  default float readByte(int label) {
    return read((double) label);
  }

  /** Why a label is refused, such as {@code must be in 0..2, got '7'}. */
  String refusal(String label);

  /**
   * Labels are the classes' numbers, 0 .. classes - 1.
   *
   * @param classes how many
   * @param gaps whether -1 is allowed and says that there is none; as a byte it is 255, as masks of
   *     images have it, unless that is a class
   */
  record ClassNumbers(int classes, boolean gaps) implements LabelReader {
    @Override
    public float read(String label) {
      return read(Numbers.parse(label));
    }

    @Override
    public float read(double label) {
      if (gaps && label == -1) {
        return -1;
      }
      return label == Math.rint(label) && label >= 0 && label < classes
          ? Math.abs((float) label)
          : Float.NaN;
    }

    @Override
    public float readByte(int label) {
      return gaps && label == 255 && classes < 256 ? -1 : read((double) label);
    }

    @Override
    public String refusal(String label) {
      return "must be in 0.."
          + (classes - 1)
          + (gaps ? ", or -1 for none" : "")
          + ", got '"
          + label
          + "'";
    }
  }

  /** Labels are texts, each the name of a class. */
  final class ClassNames implements LabelReader {
    private static final long serialVersionUID = 1L;
    private final HashMap<String, Integer> classes = new HashMap<>();
    private final String[] names;

    /**
     * @param names class 0 first
     */
    public ClassNames(List<String> names) {
      this.names = names.toArray(String[]::new);
      for (int c = 0; c < this.names.length; c++) {
        classes.put(this.names[c], c);
      }
    }

    @Override
    public float read(String label) {
      Integer number = classes.get(label);
      return number == null ? Float.NaN : number;
    }

    @Override
    public float read(double label) {
      throw new IllegalStateException("a column of numbers was read by names: " + label);
    }

    @Override
    public String refusal(String label) {
      List<String> known = List.of(names);
      return "must be one of "
          + String.join(", ", known)
          + ", got '"
          + label
          + "'"
          + Names.nearest(label, known).map(near -> ", did you mean '" + near + "'?").orElse("");
    }
  }

  /** Labels are values to come near to. */
  record Values() implements LabelReader {
    @Override
    public float read(String label) {
      return Numbers.parse(label);
    }

    @Override
    public float read(double label) {
      float value = (float) label;
      return Float.isInfinite(value) ? Float.NaN : value;
    }

    @Override
    public String refusal(String label) {
      return "must be a finite number, got '" + label + "'";
    }
  }

  /** Labels are not looked at; all become 0. */
  record Unread() implements LabelReader {
    @Override
    public float read(String label) {
      return 0;
    }

    @Override
    public float read(double label) {
      return 0;
    }

    @Override
    public String refusal(String label) {
      throw new IllegalStateException("no label is refused where none is read: " + label);
    }
  }
}
