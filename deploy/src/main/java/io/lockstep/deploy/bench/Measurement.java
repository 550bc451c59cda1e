package io.lockstep.deploy.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A measured row.
 *
 * @param name the row's
 * @param value the median of ours
 * @param unit of value and peerValue
 * @param peer what it was compared with; null where that is not there
 * @param peerValue the median of the peer's
 * @param ratio the median of value over peerValue, round by round
 * @param spread the smallest and the largest of those ratios
 * @param goal the ratio to reach
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
@JsonPropertyOrder({"name", "value", "unit", "peer", "peerValue", "ratio", "spread", "goal"})
record Measurement(
    String name,
    double value,
    String unit,
    @Nullable String peer,
    @Nullable Double peerValue,
    @Nullable Double ratio,
    @Nullable List<Double> spread,
    String goal) {}
