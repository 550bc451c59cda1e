package io.lockstep.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The overlays in {@code k8s/overlays}: built by kubectl where there is one, and as they were built
 * the last time, which the repository keeps.
 */
final class Overlays {
  private static final List<String> SOURCES = List.of("base", "components", "overlays");

  private Overlays() {}

  /** Their names. */
  static List<String> names() {
    try (Stream<Path> folders = Files.list(folder().resolve("overlays"))) {
      return folders.map(f -> f.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of them as it was built the last time. */
  static Overlay overlay(String name) {
    return new Overlay(name, Yaml.documents(read(kept(name))));
  }

  /** The file that keeps an overlay: a comment with the sources' hash, then the objects. */
  static Path kept(String name) {
    return folder().resolve("src/test/resources/io/lockstep/k8s/built/" + name + ".yaml");
  }

  /** Whether this machine has kubectl. */
  static boolean canBuild() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
  }

  /** What kubectl builds of an overlay, with the sources' hash in front. */
  static String build(String name) throws IOException, InterruptedException {
    return "# Built by kubectl kustomize of files with the hash "
        + sourcesHash()
        + "\n"
        + build(folder().resolve("overlays/" + name));
  }

  /** What kubectl builds of a folder. */
  static String build(Path folder) throws IOException, InterruptedException {
    Path errors = Files.createTempFile("kustomize", ".log");
    try {
      Process process =
          new ProcessBuilder("kubectl", "kustomize", folder.toString())
              .redirectError(errors.toFile())
              .start();
      String built = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(
            "kubectl kustomize " + folder + " failed: " + Files.readString(errors));
      }
      return built;
    } finally {
      Files.delete(errors);
    }
  }

  /** SHA-256 over the names and contents of all files that overlays are made of. */
  static String sourcesHash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String source : SOURCES) {
        try (Stream<Path> files = Files.walk(folder().resolve(source))) {
          for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
            digest.update((folder().relativize(file) + "\n").getBytes(StandardCharsets.UTF_8));
            digest.update(Files.readAllBytes(file));
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The text of the main example. */
  static String mainExample() {
    return read(folder().resolve("../deploy/examples/mnist-mlp.yaml"));
  }

  /** {@code k8s/}. */
  static Path folder() {
    String folder = System.getProperty("manifests.folder");
    if (folder == null) {
      throw new IllegalStateException(
          "system property manifests.folder is not set: run this test through Maven");
    }
    return Path.of(folder);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
