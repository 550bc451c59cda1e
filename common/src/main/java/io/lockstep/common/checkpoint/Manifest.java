package io.lockstep.common.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lockstep.common.data.StreamSummary;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.TensorSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a checkpoint is, but for the numbers in its shard files. The data's position and all random
 * numbers are functions of the step, so the step is all there is to say of them; the streams'
 * summaries tell whether the data are still the same.
 *
 * @param format {@value ShardFile#NEWEST_FORMAT} as written by this build
 * @param step updates done
 * @param epoch passes over the data begun, from 0, for the reader
 * @param configuration what must agree on resume, by {@link Agreement}
 * @param chunkElements the layout's chunk size
 * @param tensors the layout's tensors
 * @param whole the names of those that are one chunk each
 * @param state names of the update rule's state arrays, in the files' order, by tensor
 * @param schedule what the schedule has learned from the validations before the step; empty where
 *     it looks at the step alone. The validation at the step itself is made again on resume.
 * @param gradientNoise the averages of trace and square that the gradient noise scale is made of
 * @param training the streams of training examples
 * @param validation the streams of validation examples
 * @param fingerprint the canary of the engine that computed the run; no engine's where several did
 * @param shards the files, in the chunks' order
 */
public record Manifest(
    int format,
    long step,
    long epoch,
    SortedMap<String, String> configuration,
    int chunkElements,
    List<TensorSpec> tensors,
    List<String> whole,
    Map<String, List<String>> state,
    List<Double> schedule,
    List<Double> gradientNoise,
    List<StreamSummary> training,
    List<StreamSummary> validation,
    String fingerprint,
    List<ShardEntry> shards) {
  /** The format that this build writes. */
  public static final int FORMAT = ShardFile.NEWEST_FORMAT;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .addMixIn(TensorSpec.class, TensorJson.class);

  /** Copies the collections. */
  public Manifest {
    configuration = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(configuration));
    tensors = List.copyOf(tensors);
    whole = List.copyOf(whole);
    state = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(state));
    schedule = List.copyOf(schedule);
    gradientNoise = List.copyOf(gradientNoise);
    training = List.copyOf(training);
    validation = List.copyOf(validation);
    shards = List.copyOf(shards);
  }

  /** The same checkpoint made of these files. */
  public Manifest with(long otherStep, long otherEpoch, List<ShardEntry> files) {
    return new Manifest(
        format,
        otherStep,
        otherEpoch,
        configuration,
        chunkElements,
        tensors,
        whole,
        state,
        schedule,
        gradientNoise,
        training,
        validation,
        fingerprint,
        files);
  }

  /** The same checkpoint with what was learned on the way. */
  public Manifest withLearned(List<Double> ofSchedule, List<Double> ofNoise) {
    return new Manifest(
        format,
        step,
        epoch,
        configuration,
        chunkElements,
        tensors,
        whole,
        state,
        ofSchedule,
        ofNoise,
        training,
        validation,
        fingerprint,
        shards);
  }

  /** The same checkpoint by another engine. */
  public Manifest withFingerprint(String canary) {
    return new Manifest(
        format,
        step,
        epoch,
        configuration,
        chunkElements,
        tensors,
        whole,
        state,
        schedule,
        gradientNoise,
        training,
        validation,
        canary,
        shards);
  }

  /** The layout that its chunk numbers mean. */
  public Layout layout() {
    return Layout.of(tensors, chunkElements, tensor -> whole.contains(tensor.name()));
  }

  byte[] toJson() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a manifest must be JSON: " + this, e);
    }
  }

  /** Parses a manifest; the format is looked at before anything else. */
  static Manifest parse(byte[] json, String who) {
    try {
      JsonNode tree = JSON.readTree(json);
      ShardFile.checkFormat(tree.path("format").asInt(), who);
      return JSON.treeToValue(tree, Manifest.class);
    } catch (IOException e) {
      throw new CheckpointException(who + ": the manifest is damaged", e);
    }
  }

  @Override
  public String toString() {
    return "checkpoint " + Checkpoints.folder(step);
  }
}
