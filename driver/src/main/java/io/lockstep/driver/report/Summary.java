package io.lockstep.driver.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What {@code summary.json} says when a run is done.
 *
 * @param name the run's name
 * @param runId of this start or resumption, as in all logs
 * @param steps updates made
 * @param epochs passes over the data, the last perhaps in part
 * @param examples training examples computed on, repetitions after a crash left out
 * @param seconds from the command to the end
 * @param trainSeconds from the first step to the last, validation left out
 * @param examplesPerSecond {@code examples / trainSeconds} of this process's part of the run
 * @param workers tasks that computed gradients at the end
 * @param servers parameter servers
 * @param placement what kind of place servers lived at, as the configuration names it
 * @param serversAt where servers lived at the end
 * @param slices slices of a step
 * @param slicesByWorker slices of each worker, in order
 * @param processIds of the driver, of the workers' and of the servers' processes at the end, each
 *     once
 * @param restarts how often a process was lost and the run went on
 * @param trainLoss mean loss of the last epoch's steps
 * @param skippedSteps steps that changed nothing because gradients overflowed the form of the wire;
 *     empty where they cannot
 * @param validation the last validation; empty where there was none
 * @param classes the names of the classes, in the order of lists and tables of the validation;
 *     empty where they have none
 * @param reproducible whether the bits are those of every other run of this configuration
 * @param fingerprint of what computes: JDK, kernels, instruction set, canary gradient
 * @param notes what the user should know, such as fewer workers than asked for
 * @param weightsSha256 of the data section of {@code model.safetensors}
 * @param averageSha256 of that of {@code average.safetensors}; empty where no average is kept
 */
public record Summary(
    String name,
    String runId,
    long steps,
    double epochs,
    long examples,
    double seconds,
    double trainSeconds,
    double examplesPerSecond,
    int workers,
    int servers,
    String placement,
    List<ServerHome> serversAt,
    int slices,
    List<Integer> slicesByWorker,
    List<Long> processIds,
    int restarts,
    double trainLoss,
    OptionalLong skippedSteps,
    Optional<ValidationRecord> validation,
    List<String> classes,
    boolean reproducible,
    String fingerprint,
    List<String> notes,
    String weightsSha256,
    Optional<String> averageSha256) {
  /** Copies the lists. */
  public Summary {
    slicesByWorker = List.copyOf(slicesByWorker);
    serversAt = List.copyOf(serversAt);
    processIds = List.copyOf(processIds);
    classes = List.copyOf(classes);
    notes = List.copyOf(notes);
  }

  /** The fields by name, in the file's order; validation metrics stand at the top beside others. */
  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("name", name);
    plain.put("runId", runId);
    plain.put("steps", steps);
    plain.put("epochs", epochs);
    plain.put("examples", examples);
    plain.put("seconds", seconds);
    plain.put("trainSeconds", trainSeconds);
    plain.put("examplesPerSecond", examplesPerSecond);
    plain.put("workers", workers);
    plain.put("servers", servers);
    plain.put("placement", placement);
    plain.put("serversAt", serversAt.stream().map(ServerHome::plain).toList());
    plain.put("slices", slices);
    plain.put("slicesByWorker", slicesByWorker);
    plain.put("processIds", processIds);
    plain.put("restarts", restarts);
    plain.put("trainLoss", trainLoss);
    skippedSteps.ifPresent(skipped -> plain.put("skippedSteps", skipped));
    validation.ifPresent(
        last -> {
          plain.put("validationLoss", last.loss());
          plain.putAll(last.metrics());
          plain.putAll(last.lists());
          last.average()
              .ifPresent(average -> plain.put("average", average.plain("validationLoss")));
        });
    if (!classes.isEmpty()) {
      plain.put("classes", classes);
    }
    plain.put("reproducible", reproducible);
    plain.put("fingerprint", fingerprint);
    plain.put("notes", notes);
    plain.put("weightsSha256", weightsSha256);
    averageSha256.ifPresent(hash -> plain.put("averageSha256", hash));
    return Collections.unmodifiableMap(plain);
  }
}
