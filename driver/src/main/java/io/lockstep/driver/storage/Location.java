package io.lockstep.driver.storage;

import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a file or folder lies: on this machine, or by an address such as {@code
 * hdfs://namenode/runs/wine} on another file system of Hadoop's. What has no scheme, or the scheme
 * {@code file}, is local; so is {@code a:b}, as a scheme is followed by a slash.
 */
public final class Location {
  private static final Pattern ADDRESS =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(?:(//[^/]*)(/.*)?|(/.*))");

  private final @Nullable Path local;
  private final String root;
  private final Path path;

  /**
   * @param root scheme and authority; empty where the path is local
   */
  private Location(String root, Path path) {
    this.root = root;
    this.path = path.normalize();
    this.local = root.isEmpty() ? this.path : null;
  }

  /** A local file or folder; a relative one starts at the working directory. */
  public static Location of(Path path) {
    return new Location("", path.toAbsolutePath());
  }

  /** What a user wrote: an address, or a local path, relative to the working directory. */
  public static Location of(String text) {
    Matcher address = ADDRESS.matcher(text);
    if (!address.matches()) {
      return of(Path.of(text));
    }
    String authority = Objects.requireNonNullElse(address.group(2), "");
    String behind = address.group(authority.isEmpty() ? 4 : 3);
    Path path = Path.of(Objects.requireNonNullElse(behind, "/"));
    return address.group(1).equalsIgnoreCase("file")
        ? of(path)
        : new Location(address.group(1) + ":" + authority, path);
  }

  /** Whether it is on this machine's own file system. */
  public boolean isLocal() {
    return local != null;
  }

  /**
   * The local path.
   *
   * @throws IllegalStateException where it is not local
   */
  public Path path() {
    if (local == null) {
      throw new IllegalStateException(this + " is not local");
    }
    return local;
  }

  /** Seen from this folder: what is relative begins here, an address or absolute path stays. */
  public Location resolve(String text) {
    boolean whole = text.startsWith("/") || ADDRESS.matcher(text).matches();
    return whole ? of(text) : new Location(root, path.resolve(text));
  }

  /** The folder that it lies in; itself at the root. */
  public Location folder() {
    Path parent = path.getParent();
    return new Location(root, parent == null ? path : parent);
  }

  /** As a user would write it: an absolute path, or an address. */
  @Override
  public String toString() {
    return root + path;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Location that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
