package io.lockstep.common.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Named things that a section of the configuration chooses by its key {@code type}: optimizers,
 * schedules, layers, losses, sources. One line here makes a thing known to the configuration, to
 * the documentation and to the contract tests, which run over {@link #entries}.
 *
 * @param <T> what is chosen
 */
public final class Registry<T> {
  /** The key that chooses. */
  public static final Key<String> TYPE = Key.text("type", "", "which one").required();

  /**
   * One named thing.
   *
   * @param name the value of {@code type}
   * @param summary one sentence, with the paper where there is one
   * @param keys its settings, without {@code type}
   * @param create makes it from its section; checks what the keys alone cannot
   */
  public record Entry<T>(
      String name, String summary, List<Key<?>> keys, Function<Options, T> create) {
    /** Copies the keys. */
    public Entry {
      keys = List.copyOf(keys);
    }
  }

  private final String kind;
  private final Key<String> chooser;
  private final Map<String, Entry<T>> entries = new LinkedHashMap<>();

  private Registry(String kind, Key<String> chooser, List<Entry<T>> entries) {
    this.kind = kind;
    this.chooser = chooser;
    for (Entry<T> entry : entries) {
      if (this.entries.put(entry.name(), entry) != null) {
        throw new IllegalArgumentException("two " + kind + " entries are named " + entry.name());
      }
    }
  }

  /**
   * A registry of the given entries, whose names must differ.
   *
   * @param kind what the things are called in errors, such as {@code optimizer}
   * @param entries in the order in which documentation lists them
   */
  public static <T> Registry<T> of(String kind, List<Entry<T>> entries) {
    return new Registry<>(kind, TYPE, entries);
  }

  /**
   * A registry whose things are chosen by a key of their own.
   *
   * @param kind what the things are called in errors, such as {@code format}
   * @param chooser the key that chooses, where it is not {@link #TYPE}
   * @param entries in the order in which documentation lists them
   */
  public static <T> Registry<T> of(String kind, Key<String> chooser, List<Entry<T>> entries) {
    return new Registry<>(kind, chooser, entries);
  }

  /** All entries, in order. */
  public List<Entry<T>> entries() {
    return List.copyOf(entries.values());
  }

  /** What the things are called in errors. */
  public String kind() {
    return kind;
  }

  /**
   * The entry that the section's {@code type} names.
   *
   * @throws ConfigurationException where there is none, with the nearest known name
   */
  public Entry<T> entry(Options options) {
    String type = options.get(chooser);
    Entry<T> entry = entries.get(type);
    if (entry == null) {
      throw new ConfigurationException(
          "unknown "
              + kind
              + " '"
              + type
              + "'"
              + Names.suggestion(type, entries.keySet())
              + " known: "
              + String.join(", ", entries.keySet())
              + " ("
              + options.place()
              + ")");
    }
    return entry;
  }

  /**
   * Makes the thing that the section describes.
   *
   * @param shared further keys that the section may hold and that somebody else reads
   * @throws ConfigurationException for an unknown type, an unknown key or a refused value
   */
  public T create(Options options, Key<?>... shared) {
    Entry<T> entry = entry(options);
    List<Key<?>> known = new ArrayList<>();
    known.add(chooser);
    known.addAll(entry.keys());
    known.addAll(List.of(shared));
    options.allowOnly(known);
    return entry.create().apply(options);
  }

  /** The section with the defaults of the entry that it names filled in. */
  public Options resolve(Options options) {
    return options.filled(entry(options).keys());
  }
}
