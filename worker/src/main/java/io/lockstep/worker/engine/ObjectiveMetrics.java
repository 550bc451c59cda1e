package io.lockstep.worker.engine;

import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.metric.MetricValues;
import io.lockstep.worker.engine.metric.Metrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The metrics of an {@link Objective}: those of its loss; of several losses, the mean of each, and
 * the metrics of those that labels are compared with, each behind the name of its output and a
 * slash. Their sums lie one after another in one array. Immutable, thread-safe.
 */
public final class ObjectiveMetrics {
  private final List<Part> parts;
  private final int sums;

  /**
   * One term's share.
   *
   * @param term its number
   * @param prefix of the names
   * @param ofLoss whether it is the mean of the loss, not the metrics
   * @param metrics what is measured
   */
  record Part(int term, String prefix, boolean ofLoss, Metrics metrics) {
    int sums() {
      return ofLoss ? 2 : metrics.sums();
    }

    List<String> names() {
      return ofLoss
          ? List.of(prefix + "loss")
          : metrics.names().stream().map(name -> prefix + name).toList();
    }
  }

  /**
   * The metrics of an objective.
   *
   * @param named those that the configuration names, for the first loss that takes labels, or the
   *     only one; empty for what is usual
   */
  public ObjectiveMetrics(Objective objective, List<Options> named) {
    List<Part> made = new ArrayList<>();
    List<Options> left = named;
    for (int i = 0; i < objective.terms().size(); i++) {
      Term term = objective.terms().get(i);
      boolean judged = !objective.isOfSeveral() || term.target() instanceof Target.Labels;
      Metrics metrics = Metrics.of(judged ? left : List.of(), term.loss().task(), term.shape());
      left = judged ? List.of() : left;
      if (!objective.isOfSeveral()) {
        made.add(new Part(i, "", false, metrics));
        continue;
      }
      String prefix = prefix(objective, i);
      made.add(new Part(i, prefix, true, new Metrics(List.of(), term.shape())));
      if (judged) {
        made.add(new Part(i, prefix, false, metrics));
      }
    }
    this.parts = List.copyOf(made);
    this.sums = parts.stream().mapToInt(Part::sums).sum();
  }

  /** The output's name, and the loss's too where several take one output. */
  private static String prefix(Objective objective, int number) {
    Term term = objective.terms().get(number);
    long same = objective.terms().stream().filter(t -> t.name().equals(term.name())).count();
    return same == 1 ? term.name() + "/" : term.name() + "/" + term.loss().name() + "/";
  }

  List<Part> parts() {
    return parts;
  }

  /** Their names, in order. */
  public List<String> names() {
    return parts.stream().flatMap(part -> part.names().stream()).toList();
  }

  /** Length of the array of sums. */
  public int sums() {
    return sums;
  }

  /** The names of those that are single numbers, in order. */
  public List<String> scalarNames() {
    return List.copyOf(values(new double[sums]).scalars().keySet());
  }

  /**
   * The figures by name.
   *
   * @param totals [{@link #sums()}], over all slices; not modified
   */
  public MetricValues values(double[] totals) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    Map<String, List<?>> lists = new LinkedHashMap<>();
    int at = 0;
    for (Part part : parts) {
      if (part.ofLoss()) {
        scalars.put(part.names().get(0), totals[at] / totals[at + 1]);
      } else {
        MetricValues own = part.metrics().values(Arrays.copyOfRange(totals, at, at + part.sums()));
        own.scalars().forEach((name, value) -> scalars.put(part.prefix() + name, value));
        own.lists().forEach((name, value) -> lists.put(part.prefix() + name, value));
      }
      at += part.sums();
    }
    return new MetricValues(scalars, lists);
  }
}
