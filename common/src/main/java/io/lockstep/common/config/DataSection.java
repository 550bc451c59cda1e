package io.lockstep.common.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where examples come from: {@code data}.
 *
 * @param train the source of training examples, with its {@code format}
 * @param validation the source of validation examples; empty where there is none of its own
 * @param validationFraction the part of the training examples that is held back for validation, in
 *     (0, 1); 0 where there is none
 * @param scale how features are scaled
 * @param labels what labels mean
 */
public record DataSection(
    Options train,
    Options validation,
    double validationFraction,
    Scaling scale,
    LabelsSection labels) {
  /** The training source. */
  public static final Key<Options> TRAIN =
      Key.section("train", "the source of the training examples").required();

  /** The validation source. */
  public static final Key<Options> VALIDATION =
      Key.section(
          "validation",
          "a source as in train, or {fraction: 0.1} of the training examples; none without it");

  /** The part of the training examples held back. */
  public static final Key<Double> FRACTION =
      Key.number(
          "fraction",
          0,
          new Range(0, true, 1, true),
          "the part of the training examples that is held back for validation");

  /** Scaling of features. */
  public static final Key<Object> SCALE =
      Key.any("scale", "none, {divide: number}, {standardize: true} or {channels: {...}}");

  /** Meaning of labels. */
  public static final Key<Options> LABELS =
      Key.section("labels", "{classes: number}, {regression: true} or {none: true}").required();

  /** Its keys. */
  public static final List<Key<?>> KEYS = List.of(TRAIN, VALIDATION, SCALE, LABELS);

  /** Whether examples are kept for validation. */
  public boolean hasValidation() {
    return validationFraction > 0 || !validation.isEmpty();
  }

  /** The same data from other sources: paths resolved, defaults filled in. */
  public DataSection withSources(Options newTrain, Options newValidation) {
    return new DataSection(newTrain, newValidation, validationFraction, scale, labels);
  }

  static DataSection read(Options options) {
    options.allowOnly(KEYS);
    Options validation = options.get(VALIDATION);
    double fraction = 0;
    if (validation.has(FRACTION)) {
      validation.allowOnly(List.of(FRACTION));
      fraction = validation.get(FRACTION);
      validation = Options.empty();
    }
    return new DataSection(
        options.get(TRAIN),
        validation,
        fraction,
        Scaling.read(options, SCALE),
        LabelsSection.read(options.get(LABELS)));
  }

  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put(TRAIN.name(), train.plain());
    if (validationFraction > 0) {
      plain.put(VALIDATION.name(), Map.of(FRACTION.name(), validationFraction));
    } else if (!validation.isEmpty()) {
      plain.put(VALIDATION.name(), validation.plain());
    }
    plain.put(SCALE.name(), scale.plain());
    plain.put(LABELS.name(), labels.plain());
    return plain;
  }
}
