package io.lockstep.common.config;

/**
 * Where a value was written.
 *
 * @param source the file's name, or what else gave the value, such as {@code --set}
 * @param line the line in it, from 1; 0 where the source has no lines
 */
public record Place(String source, int line) {
  @Override
  public String toString() {
    return line > 0 ? source + ":" + line : source;
  }
}
