package io.lockstep.common.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model was trained on, as far as prediction must know it; kept in the run's folder.
 *
 * @param form the form of the training rows
 * @param featureNames the features' columns in the order of a row; empty where they have no names
 * @param input the shape of the model's one input, which images are read by; empty where it has
 *     several, or was not written down
 * @param labels what labels mean, with the names of the classes where labels are texts
 * @param scaling what becomes of a feature on its way to the engine
 * @param tokenizer what makes tokens of text, kept in a file of its own; null where the rows are no
 *     text
 */
public record DataDescription(
    ExampleForm form,
    List<String> featureNames,
    List<Integer> input,
    LabelsSection labels,
    FeatureScaling scaling,
    @Nullable Tokenizer tokenizer) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the lists. */
  public DataDescription {
    featureNames = List.copyOf(featureNames);
    input = List.copyOf(input);
  }

  /** Data that are no text, whatever the shape of the input. */
  public DataDescription(
      ExampleForm form, List<String> featureNames, LabelsSection labels, FeatureScaling scaling) {
    this(form, featureNames, List.of(), labels, scaling, null);
  }

  /** The same data, whose rows are the tokens that a tokenizer makes. */
  public DataDescription withTokenizer(@Nullable Tokenizer newTokenizer) {
    return new DataDescription(form, featureNames, input, labels, scaling, newTokenizer);
  }

  /** As JSON, without the tokenizer; numbers are written so that they are read back to the bit. */
  public String toJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("type", form.type().name()).put("features", form.features());
    json.put("labels", form.labels()).put("weighted", form.weighted());
    featureNames.forEach(json.putArray("featureNames")::add);
    input.forEach(json.putArray("input")::add);
    json.put("classes", labels.classes());
    labels.names().forEach(json.putArray("classNames")::add);
    ObjectNode scale = json.putObject("scaling");
    if (scaling instanceof FeatureScaling.Divide divide) {
      scale.put("divide", divide.divisor());
    } else if (scaling instanceof FeatureScaling.Standardize standardize) {
      putNumbers(scale.putArray("mean"), standardize.mean());
      putNumbers(scale.putArray("deviation"), standardize.deviation());
    } else if (scaling instanceof FeatureScaling.Channels channels) {
      scale.put("run", channels.run());
      putNumbers(scale.putArray("mean"), channels.mean());
      putNumbers(scale.putArray("deviation"), channels.deviation());
    }
    return json.toPrettyString() + "\n";
  }

  private static void putNumbers(ArrayNode json, double[] numbers) {
    for (double number : numbers) {
      json.add(number);
    }
  }

  /**
   * Reads {@link #toJson} back; without a tokenizer.
   *
   * @param json the text
   * @param file where it was read, for errors
   * @throws DataException where it is not such a text
   */
  public static DataDescription fromJson(String json, String file) {
    try {
      JsonNode read = JSON.readTree(json);
      ExampleForm form =
          new ExampleForm(
              FeatureType.valueOf(read.required("type").asText()),
              read.required("features").asInt(),
              read.path("labels").asInt(1),
              read.path("weighted").asBoolean(false));
      return new DataDescription(
          form,
          texts(read.required("featureNames")),
          wholeNumbers(read.path("input")),
          form.labels() == 0
              ? LabelsSection.NONE
              : new LabelsSection(
                  read.required("classes").asInt(), texts(read.required("classNames"))),
          scaling(read.required("scaling")),
          null);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new DataException(
          file + ": must describe the data of a run, but cannot be read: " + e.getMessage(), e);
    }
  }

  private static FeatureScaling scaling(JsonNode json) {
    if (json.has("divide")) {
      return new FeatureScaling.Divide(json.get("divide").asDouble());
    }
    if (json.has("run")) {
      return new FeatureScaling.Channels(
          numbers(json.required("mean")),
          numbers(json.required("deviation")),
          json.get("run").asInt());
    }
    return json.has("mean")
        ? new FeatureScaling.Standardize(
            numbers(json.required("mean")), numbers(json.required("deviation")))
        : new FeatureScaling.None();
  }

  private static double[] numbers(JsonNode json) {
    double[] numbers = new double[json.size()];
    for (int j = 0; j < numbers.length; j++) {
      numbers[j] = json.get(j).asDouble();
    }
    return numbers;
  }

  private static List<Integer> wholeNumbers(JsonNode json) {
    List<Integer> numbers = new ArrayList<>();
    json.forEach(number -> numbers.add(number.asInt()));
    return numbers;
  }

  private static List<String> texts(JsonNode json) {
    List<String> texts = new ArrayList<>();
    json.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
