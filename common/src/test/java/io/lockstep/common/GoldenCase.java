package io.lockstep.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * One reference case. Sections of the configuration come as {@link Options}, which refuse unknown
 * types and keys when they are used; {@link #allowOnly} refuses unknown fields of the case itself.
 *
 * @param name the file's name without its ending
 * @param json the file
 */
public record GoldenCase(String name, JsonNode json) {
  /** Fails where the case has a field beside these and {@code case, source, tolerance}. */
  public void allowOnly(String... fields) {
    List<String> known = new ArrayList<>(List.of("case", "source", "tolerance"));
    known.addAll(List.of(fields));
    assertThat(known).as("fields that the test of case %s knows", name).containsAll(fields());
  }

  private List<String> fields() {
    List<String> fields = new ArrayList<>();
    json.fieldNames().forEachRemaining(fields::add);
    return fields;
  }

  /** Whether the case has the field, not null. */
  public boolean has(String field) {
    return json.hasNonNull(field);
  }

  /** A field, which must be there. */
  public JsonNode field(String field) {
    JsonNode node = json.get(field);
    return node == null ? fail("case %s has no field %s", name, field) : node;
  }

  /** A section of the configuration; empty where the case has none. */
  public Options options(String field) {
    return has(field)
        ? Options.of(
            field,
            new ObjectMapper()
                .convertValue(field(field), new TypeReference<Map<String, Object>>() {}))
        : Options.empty();
  }

  /** A number. */
  public double number(String field) {
    return field(field).asDouble();
  }

  /** All numbers of a field in row-major order, however deep its lists are. */
  public double[] numbers(String field) {
    return numbers(field(field));
  }

  /** A field with a row for each step, each row's numbers one after another. */
  public double[][] steps(String field) {
    return StreamSupport.stream(field(field).spliterator(), false)
        .map(GoldenCase::numbers)
        .toArray(double[][]::new);
  }

  /** The tensors of the model. */
  public List<TensorSpec> tensors() {
    List<TensorSpec> specs = new ArrayList<>();
    for (JsonNode tensor : field("tensors")) {
      List<Integer> shape =
          StreamSupport.stream(tensor.get("shape").spliterator(), false)
              .map(JsonNode::asInt)
              .toList();
      Role role = Role.valueOf(tensor.get("role").asText().toUpperCase(Locale.ROOT));
      specs.add(new TensorSpec(tensor.get("name").asText(), shape, role));
    }
    return specs;
  }

  /** The numbers rounded to float32. */
  public static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** All numbers of a node in row-major order, however deep its lists are. */
  public static double[] numbers(JsonNode node) {
    if (!node.isArray()) {
      assertThat(node.isNumber()).as("a number, got %s", node).isTrue();
      return new double[] {node.asDouble()};
    }
    return IntStream.range(0, node.size())
        .mapToObj(i -> numbers(node.get(i)))
        .flatMapToDouble(java.util.Arrays::stream)
        .toArray();
  }

  /**
   * Fails unless {@code |actual - expected| <= absolute + relative |expected|} of the case's
   * tolerance for every element.
   *
   * @param what is compared, such as {@code hidden.W after step 3}
   */
  public void assertClose(String what, double[] actual, double[] expected) {
    double relative = field("tolerance").get("relative").asDouble();
    double absolute = field("tolerance").get("absolute").asDouble();
    assertThat(actual).as("length of %s", what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      double allowed = absolute + relative * Math.abs(expected[i]);
      if (!(Math.abs(actual[i] - expected[i]) <= allowed)) {
        fail(
            "case %s: %s[%d] is %s, expected %s, off by %s where %s is allowed",
            name, what, i, actual[i], expected[i], Math.abs(actual[i] - expected[i]), allowed);
      }
    }
  }

  /** As {@link #assertClose(String, double[], double[])}, for float32. */
  public void assertClose(String what, float[] actual, double[] expected) {
    assertClose(
        what, IntStream.range(0, actual.length).mapToDouble(i -> actual[i]).toArray(), expected);
  }
}
