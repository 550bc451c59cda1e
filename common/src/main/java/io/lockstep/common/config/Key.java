package io.lockstep.common.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One setting: its name, type, default, allowed values and meaning, side by side. Whoever reads a
 * section of the configuration declares its keys once, as constants; the parser, the check for
 * unknown keys and the table in the documentation all come from there.
 *
 * @param <T> what {@link Options#get} returns
 */
public final class Key<T> {
  /** What may be written as a value. */
  enum Type {
    NUMBER("a number"),
    INTEGER("a whole number"),
    LONG("a whole number"),
    FLAG("true or false"),
    TEXT("text"),
    CHOICE("text"),
    PATH("a path"),
    DURATION("a duration such as 500ms, 30s, 5m or 1h"),
    SECTION("a section (key: value)"),
    NAMED("a name, or a section with its type"),
    SECTIONS("a list of sections"),
    NAMED_SECTIONS("a list of names, or sections with their type"),
    INTEGERS("a list of whole numbers"),
    NUMBERS("a list of numbers"),
    TEXTS("a list of texts"),
    TEXT_OR_TEXTS("text, or a list of texts"),
    ANY("any value");

    final String description;

    Type(String description) {
      this.description = description;
    }
  }

  private final String name;
  private final Type type;
  private final boolean required;
  private final @Nullable T defaultValue;
  private final Range range;
  private final List<String> choices;
  private final String meaning;

  private Key(
      String name,
      Type type,
      boolean required,
      @Nullable T defaultValue,
      Range range,
      List<String> choices,
      String meaning) {
    this.name = name;
    this.type = type;
    this.required = required;
    this.defaultValue = defaultValue;
    this.range = range;
    this.choices = choices;
    this.meaning = meaning;
  }

  /** A number with a default. */
  public static Key<Double> number(String name, double otherwise, Range range, String meaning) {
    return new Key<>(name, Type.NUMBER, false, otherwise, range, List.of(), meaning);
  }

  /** A whole number with a default. */
  public static Key<Integer> integer(String name, int otherwise, Range range, String meaning) {
    return new Key<>(name, Type.INTEGER, false, otherwise, range, List.of(), meaning);
  }

  /** A whole number of 64 bits with a default. */
  public static Key<Long> longInteger(String name, long otherwise, Range range, String meaning) {
    return new Key<>(name, Type.LONG, false, otherwise, range, List.of(), meaning);
  }

  /** A truth value with a default. */
  public static Key<Boolean> flag(String name, boolean otherwise, String meaning) {
    return new Key<>(name, Type.FLAG, false, otherwise, Range.FINITE, List.of(), meaning);
  }

  /** Text with a default. */
  public static Key<String> text(String name, String otherwise, String meaning) {
    return new Key<>(name, Type.TEXT, false, otherwise, Range.FINITE, List.of(), meaning);
  }

  /**
   * A path of a file or folder, or a Hadoop address, with a default; a relative one starts at the
   * folder of the configuration's file.
   */
  public static Key<String> path(String name, String otherwise, String meaning) {
    return new Key<>(name, Type.PATH, false, otherwise, Range.FINITE, List.of(), meaning);
  }

  /** A length of time with a default, written as {@code 500ms, 30s, 5m, 1h}; more than nothing. */
  public static Key<Duration> duration(String name, Duration otherwise, String meaning) {
    return new Key<>(name, Type.DURATION, false, otherwise, Range.FINITE, List.of(), meaning);
  }

  /** One of several words, with a default. */
  public static Key<String> choice(
      String name, String otherwise, List<String> choices, String meaning) {
    return new Key<>(
        name, Type.CHOICE, false, otherwise, Range.FINITE, List.copyOf(choices), meaning);
  }

  /** A section; without one the options are empty. */
  public static Key<Options> section(String name, String meaning) {
    return new Key<>(name, Type.SECTION, false, Options.empty(), Range.FINITE, List.of(), meaning);
  }

  /**
   * Something of a {@link Registry}, written by its name alone ({@code activation: relu}) or as a
   * section ({@code activation: {type: gelu, approximate: tanh}}); read as a section with its
   * {@code type} either way.
   *
   * @param otherwise the name where nothing is written; the options are empty where it is empty
   */
  public static Key<Options> named(String name, String otherwise, String meaning) {
    Options value =
        otherwise.isEmpty()
            ? Options.empty()
            : Options.of(name, java.util.Map.of(Registry.TYPE.name(), otherwise));
    return new Key<>(name, Type.NAMED, false, value, Range.FINITE, List.of(), meaning);
  }

  /** A list of sections; without one it is empty. */
  public static Key<List<Options>> sections(String name, String meaning) {
    return new Key<>(name, Type.SECTIONS, false, List.of(), Range.FINITE, List.of(), meaning);
  }

  /**
   * A list of things of a {@link Registry}, each written as {@link #named} has it; without one it
   * is empty.
   */
  public static Key<List<Options>> namedSections(String name, String meaning) {
    return new Key<>(name, Type.NAMED_SECTIONS, false, List.of(), Range.FINITE, List.of(), meaning);
  }

  /** A list of whole numbers with a default. */
  public static Key<List<Integer>> integers(
      String name, List<Integer> otherwise, Range range, String meaning) {
    return new Key<>(name, Type.INTEGERS, false, List.copyOf(otherwise), range, List.of(), meaning);
  }

  /** A list of numbers with a default. */
  public static Key<List<Double>> numbers(
      String name, List<Double> otherwise, Range range, String meaning) {
    return new Key<>(name, Type.NUMBERS, false, List.copyOf(otherwise), range, List.of(), meaning);
  }

  /** A list of texts with a default; {@code choices} empty allows any text. */
  public static Key<List<String>> texts(
      String name, List<String> otherwise, List<String> choices, String meaning) {
    return new Key<>(
        name,
        Type.TEXTS,
        false,
        List.copyOf(otherwise),
        Range.FINITE,
        List.copyOf(choices),
        meaning);
  }

  /** A text or a list of texts, read as a list either way; without one it is empty. */
  public static Key<List<String>> textOrTexts(String name, String meaning) {
    return new Key<>(name, Type.TEXT_OR_TEXTS, false, List.of(), Range.FINITE, List.of(), meaning);
  }

  /** A value of any type, as plain Java, for keys that allow several forms; null where absent. */
  public static Key<Object> any(String name, String meaning) {
    return new Key<>(name, Type.ANY, false, null, Range.FINITE, List.of(), meaning);
  }

  /** The same key, which must be written: its default is not used. */
  public Key<T> required() {
    return new Key<>(name, type, true, null, range, choices, meaning);
  }

  /** The key as written. */
  public String name() {
    return name;
  }

  /** Whether leaving it out is an error. */
  public boolean isRequired() {
    return required;
  }

  /** What holds where it is not written; null for a required key and for {@link #any}. */
  public @Nullable T defaultValue() {
    return defaultValue;
  }

  /** The default as it could be written; empty where it only stands for "not written". */
  public Optional<Object> writtenDefault() {
    if (defaultValue instanceof Duration duration) {
      return Optional.of(Durations.show(duration));
    }
    if (defaultValue instanceof List<?> list) {
      return list.isEmpty() ? Optional.empty() : Optional.of(list);
    }
    if (defaultValue == null || defaultValue instanceof Options || defaultValue.equals("")) {
      return Optional.empty();
    }
    boolean allowed =
        !(defaultValue instanceof Number number) || range.contains(number.doubleValue());
    return allowed ? Optional.of(defaultValue) : Optional.empty();
  }

  /** One sentence for the table of the configuration. */
  public String meaning() {
    return meaning;
  }

  /** The allowed values as the table says them, such as {@code a number in [0, 1)}. */
  public String allowed() {
    if (!choices.isEmpty()) {
      return (type == Type.TEXTS ? "a list of " : "") + String.join(" | ", choices);
    }
    boolean ranged =
        (type == Type.NUMBER
                || type == Type.INTEGER
                || type == Type.LONG
                || type == Type.NUMBERS
                || type == Type.INTEGERS)
            && !range.equals(Range.FINITE);
    return type.description + (ranged ? ", " + range.rule().replaceFirst("^must be ", "") : "");
  }

  Type type() {
    return type;
  }

  Range range() {
    return range;
  }

  List<String> choices() {
    return choices;
  }
}
