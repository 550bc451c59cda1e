package io.lockstep.common.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How features are scaled before the model sees them. */
public sealed interface Scaling {
  /** The number that {@link Divide} divides by. */
  Key<Double> DIVIDE =
      Key.number(
          "divide",
          1,
          Range.POSITIVE,
          "every feature is divided by this number; 255 for images of bytes");

  /** Whether {@link Standardize} is meant. */
  Key<Boolean> STANDARDIZE =
      Key.flag(
          "standardize",
          false,
          "every feature less its mean, over its standard deviation, both of the training data");

  /** What is done channel by channel. */
  Key<Options> CHANNELS =
      Key.section(
          "channels",
          "of model.input, each with a mean and a deviation of its own: {mean: [...], std: [...]}"
              + " after divide, or {standardize: true}");

  /** Each channel's mean. */
  Key<List<Double>> MEAN =
      Key.numbers("mean", List.of(), Range.FINITE, "what is taken from each channel");

  /** Each channel's standard deviation. */
  Key<List<Double>> STD =
      Key.numbers("std", List.of(), Range.POSITIVE, "what each channel is divided by then");

  /** Whether {@link StandardizeChannels} is meant. */
  Key<Boolean> STANDARDIZE_CHANNELS =
      Key.flag(
          "standardize",
          false,
          "every channel less its mean, over its standard deviation, both of the training data");

  /** Its keys. */
  List<Key<?>> KEYS = List.of(DIVIDE, STANDARDIZE, CHANNELS);

  /** The keys of its section {@code channels}. */
  List<Key<?>> CHANNEL_KEYS = List.of(MEAN, STD, STANDARDIZE_CHANNELS);

  /** Features as they are. */
  record None() implements Scaling {}

  /**
   * Features divided by a number.
   *
   * @param by above zero
   */
  record Divide(double by) implements Scaling {}

  /** Features with mean 0 and standard deviation 1 over the training data. */
  record Standardize() implements Scaling {}

  /**
   * Features divided by a number, then less the mean and over the deviation of their channel.
   *
   * @param by above zero; 1 for not at all
   * @param mean of each channel, after the division
   * @param std of each channel, after the division, above zero
   */
  record Channels(double by, List<Double> mean, List<Double> std) implements Scaling {
    /** Copies the lists. */
    public Channels {
      mean = List.copyOf(mean);
      std = List.copyOf(std);
    }
  }

  /** Channels with mean 0 and standard deviation 1 over the training data. */
  record StandardizeChannels() implements Scaling {}

  /**
   * Reads {@code none}, {@code {divide: number}}, {@code {standardize: true}} or {@code {channels:
   * {...}}}.
   */
  static Scaling read(Options data, Key<Object> key) {
    Object plain = data.find(key);
    if (plain == null || plain.equals("none")) {
      return new None();
    }
    if (!(plain instanceof Map)) {
      throw data.error(
          key, "must be none, {divide: number}, {standardize: true} or {channels: {...}}");
    }
    Options section = data.get(Key.section(key.name(), key.meaning()));
    section.allowOnly(KEYS);
    boolean standardize = section.get(STANDARDIZE);
    if (section.has(CHANNELS)) {
      if (standardize) {
        throw section.error("must have standardize or channels, not both");
      }
      return channels(section, section.get(CHANNELS));
    }
    if (section.has(DIVIDE) && standardize) {
      throw section.error("must have divide or standardize, not both");
    }
    if (standardize) {
      return new Standardize();
    }
    return section.has(DIVIDE) ? new Divide(section.get(DIVIDE)) : new None();
  }

  private static Scaling channels(Options section, Options channels) {
    channels.allowOnly(CHANNEL_KEYS);
    boolean given = channels.has(MEAN) || channels.has(STD);
    if (channels.get(STANDARDIZE_CHANNELS) == given) {
      throw channels.error(
          "must have either mean and std, a number a channel, or standardize: true");
    }
    if (!given) {
      if (section.has(DIVIDE)) {
        throw section.error(DIVIDE, "must not be there beside channels: {standardize: true}");
      }
      return new StandardizeChannels();
    }
    List<Double> mean = channels.get(MEAN);
    List<Double> std = channels.get(STD);
    if (mean.isEmpty() || mean.size() != std.size()) {
      throw channels.error(
          "must have as many numbers of mean as of std, one a channel, got "
              + mean.size()
              + " and "
              + std.size());
    }
    return new Channels(section.get(DIVIDE), mean, std);
  }

  /** As written in the configuration. */
  default Object plain() {
    if (this instanceof Channels channels) {
      Map<String, Object> plain = new LinkedHashMap<>();
      if (channels.by() != 1) {
        plain.put(DIVIDE.name(), channels.by());
      }
      Map<String, Object> inner = new LinkedHashMap<>();
      inner.put(MEAN.name(), channels.mean());
      inner.put(STD.name(), channels.std());
      plain.put(CHANNELS.name(), inner);
      return plain;
    }
    if (this instanceof StandardizeChannels) {
      return Map.of(CHANNELS.name(), Map.of(STANDARDIZE_CHANNELS.name(), true));
    }
    if (this instanceof Divide divide) {
      return Map.of(DIVIDE.name(), divide.by());
    }
    return this instanceof Standardize ? Map.of(STANDARDIZE.name(), true) : "none";
  }
}
