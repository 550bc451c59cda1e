package io.lockstep.worker.engine.guide;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.util.Map;
import java.util.TreeMap;

/**
 * An entry of a registry as it is listed: how a configuration makes it, and how to choose it. Both
 * live in the entry's own file.
 *
 * @param entry its name, keys and factory
 * @param guide its formula and what is known of its use
 * @param <T> what the entry makes
 */
public record Described<T>(Registry.Entry<T> entry, Guide guide) {
  /** The value of {@code type}. */
  public String name() {
    return entry.name();
  }

  /** What a curve of the guide is drawn of. */
  public T of(Curve curve) {
    Map<String, Object> section = new TreeMap<>(curve.settings());
    section.put(Registry.TYPE.name(), name());
    return entry.create().apply(Options.of(name(), section));
  }
}
