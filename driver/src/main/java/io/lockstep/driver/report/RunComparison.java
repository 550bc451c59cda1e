package io.lockstep.driver.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockstep.common.checkpoint.Agreement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where two runs part. Runs are the same if they made the same steps with the same bits, whatever
 * they ran on.
 *
 * @param configuration what their configurations differ in
 * @param fingerprints what they wrote down about themselves and differ in
 * @param step the first step or validation with other numbers, or where one run ends
 * @param tensor the first tensor with another element, in the earliest state that both have
 */
public record RunComparison(
    List<Difference> configuration,
    List<Difference> fingerprints,
    Optional<StepDifference> step,
    Optional<TensorDifference> tensor) {
  private static final List<String> STEP_NUMBERS =
      List.of("loss", "learningRate", "gradientNorm", "epoch");
  private static final List<String> NOT_COMPARED = List.of("seconds");

  /**
   * A value that differs.
   *
   * @param path such as {@code cluster.workers}
   * @param first as the first run has it; {@code absent} where it does not
   * @param second as the second run has it
   * @param changesBits whether another value gives other bits
   */
  public record Difference(String path, String first, String second, boolean changesBits) {}

  /**
   * A number of a step or a validation that differs.
   *
   * @param file {@code steps.jsonl} or {@code validation.jsonl}
   * @param step the step
   * @param what such as {@code loss}; {@code the step} where one run does not have it
   * @param first as the first run has it; {@code absent} where it does not
   * @param second as the second run has it
   */
  public record StepDifference(String file, long step, String what, String first, String second) {}

  /** Compares two run directories. */
  public static RunComparison of(RunDirectory first, RunDirectory second) {
    Map<String, @Nullable Object> firstPlain = first.configuration().plain();
    Map<String, @Nullable Object> secondPlain = second.configuration().plain();
    SortedMap<String, String> bits = new TreeMap<>(Agreement.of(firstPlain));
    bits.putAll(Agreement.of(secondPlain));
    List<Difference> all = differences(Flat.of(firstPlain), Flat.of(secondPlain), bits.keySet());
    return new RunComparison(
        all.stream().filter(d -> !isRecord(d.path())).toList(),
        all.stream().filter(d -> isRecord(d.path())).toList(),
        firstStep(first, second),
        TensorDifference.first(first, second));
  }

  /** Whether the runs have the same bits. */
  public boolean same() {
    return step.isEmpty() && tensor.isEmpty();
  }

  private static boolean isRecord(String path) {
    return path.equals("commit") || path.equals("fingerprint") || path.startsWith("versions.");
  }

  private static List<Difference> differences(
      SortedMap<String, String> first, SortedMap<String, String> second, Collection<String> bits) {
    List<Difference> differences = new ArrayList<>();
    TreeSet<String> paths = new TreeSet<>(first.keySet());
    paths.addAll(second.keySet());
    for (String path : paths) {
      String a = first.getOrDefault(path, "absent");
      String b = second.getOrDefault(path, "absent");
      if (!a.equals(b)) {
        differences.add(new Difference(path, a, b, isRecord(path) || bits.contains(path)));
      }
    }
    return List.copyOf(differences);
  }

  private static Optional<StepDifference> firstStep(RunDirectory first, RunDirectory second) {
    Optional<StepDifference> steps =
        firstLine(
            "steps.jsonl",
            JsonLines.read(first.stepsFile()),
            JsonLines.read(second.stepsFile()),
            true);
    Optional<StepDifference> validations =
        firstLine(
            "validation.jsonl",
            JsonLines.read(first.validationFile()),
            JsonLines.read(second.validationFile()),
            false);
    if (steps.isPresent() && validations.isPresent()) {
      return validations.get().step() < steps.get().step() ? validations : steps;
    }
    return steps.isPresent() ? steps : validations;
  }

  private static Optional<StepDifference> firstLine(
      String file, List<JsonNode> first, List<JsonNode> second, boolean mustEndTogether) {
    SortedMap<Long, JsonNode> a = byStep(first);
    SortedMap<Long, JsonNode> b = byStep(second);
    TreeSet<Long> steps = new TreeSet<>(a.keySet());
    steps.addAll(b.keySet());
    for (long step : steps) {
      JsonNode x = a.get(step);
      JsonNode y = b.get(step);
      if (x != null && y != null) {
        Optional<StepDifference> found = firstNumber(file, step, x, y);
        if (found.isPresent()) {
          return found;
        }
      } else if (mustEndTogether) {
        String whose = x == null ? "absent" : "present";
        return Optional.of(
            new StepDifference(file, step, "the step", whose, x == null ? "present" : "absent"));
      }
    }
    return Optional.empty();
  }

  private static Optional<StepDifference> firstNumber(
      String file, long step, JsonNode x, JsonNode y) {
    TreeSet<String> names = new TreeSet<>();
    if (file.equals("steps.jsonl")) {
      names.addAll(STEP_NUMBERS);
    } else {
      x.fieldNames().forEachRemaining(names::add);
      y.fieldNames().forEachRemaining(names::add);
      names.removeAll(NOT_COMPARED);
    }
    List<String> ordered = new ArrayList<>(names);
    if (ordered.remove("loss")) {
      ordered.add(0, "loss");
    }
    for (String name : ordered) {
      JsonNode a = x.path(name);
      JsonNode b = y.path(name);
      if (!a.equals(b)) {
        return Optional.of(new StepDifference(file, step, name, show(a), show(b)));
      }
    }
    return Optional.empty();
  }

  private static String show(JsonNode node) {
    if (node.isMissingNode()) {
      return "absent";
    }
    return node.isValueNode() ? node.asText() : node.toString();
  }

  private static SortedMap<Long, JsonNode> byStep(List<JsonNode> lines) {
    SortedMap<Long, JsonNode> steps = new TreeMap<>();
    lines.forEach(line -> steps.put(line.path("step").asLong(), line));
    return steps;
  }
}
