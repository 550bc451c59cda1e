package io.lockstep.driver.range;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.coordinator.Outcome;
import io.lockstep.driver.range.Suggestions.Suggestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a range test found: the same on any cluster, to the bit.
 *
 * @param name of the run that a rate is looked for
 * @param optimizer the section of the configuration, its rate left out
 * @param settings how the test went
 * @param ending why it ended
 * @param points one a step
 * @param suggestions what the points say
 * @param reproducible whether all processes computed the same bits
 * @param fingerprint of what computed
 */
public record RangeResult(
    String name,
    Map<String, @Nullable Object> optimizer,
    RangeSettings settings,
    Ending ending,
    List<RangePoint> points,
    Suggestions suggestions,
    boolean reproducible,
    String fingerprint) {

  /** Why a test ended. */
  public enum Ending {
    /** The smoothed loss was too far above the best one. */
    EXPLODED("the loss exploded"),
    /** The next step's loss or gradient was not finite. */
    NOT_FINITE("the next loss or gradient was not finite"),
    /** All steps were made. */
    LAST_STEP("it made its last step");

    private final String words;

    Ending(String words) {
      this.words = words;
    }

    /** The ending as the user reads it. */
    public String words() {
      return words;
    }
  }

  /** Copies the points. */
  public RangeResult {
    points = List.copyOf(points);
  }

  static RangeResult of(
      RunConfiguration test, RangeSettings settings, LossCurve curve, Outcome outcome) {
    Ending ending = Ending.LAST_STEP;
    if (curve.hasExploded()) {
      ending = Ending.EXPLODED;
    } else if (outcome.kind() == Outcome.Kind.NOT_FINITE) {
      ending = Ending.NOT_FINITE;
    }
    return new RangeResult(
        test.name().replaceFirst(LearningRateRange.SUFFIX + "$", ""),
        test.optimizer().plain(),
        settings,
        ending,
        curve.points(),
        Suggestions.of(curve.points()),
        outcome.reproducible(),
        outcome.fingerprint());
  }

  private Map<String, Double> byRule() {
    Map<String, Double> rates = new LinkedHashMap<>();
    suggestions.all().forEach(each -> rates.put(each.rule(), each.learningRate()));
    return rates;
  }

  /** As JSON: settings, ending, suggestions and points. */
  public String toJson() {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    plain.put("what", "learning-rate range test");
    plain.put("name", name);
    plain.put("optimizer", optimizer);
    plain.put("from", settings.from());
    plain.put("to", settings.to());
    plain.put("steps", settings.steps());
    plain.put("smoothing", settings.smoothing());
    plain.put("explosion", settings.explosion());
    plain.put("ending", ending.words());
    plain.put("suggestion", suggestions.best().map(Suggestion::learningRate).orElse(null));
    plain.put("suggestions", byRule());
    plain.put("reproducible", reproducible);
    plain.put("fingerprint", fingerprint);
    plain.put("points", points);
    try {
      return new ObjectMapper().writeValueAsString(plain);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts can be written", e);
    }
  }
}
