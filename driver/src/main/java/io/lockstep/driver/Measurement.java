package io.lockstep.driver;

import io.lockstep.worker.engine.metric.MetricValues;

/**
 * What a model reaches on some data.
 *
 * @param examples how many were measured on
 * @param loss their mean loss
 * @param metrics single numbers by name, means as fractions, and lists
 */
public record Measurement(long examples, double loss, MetricValues metrics) {}
