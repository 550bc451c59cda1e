package io.lockstep.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What is in the application jar and beside it, and what is not. */
class PackagingIT {
  private static final long MEGABYTE = 1_000_000;

  @Test
  void theApplicationJarIsAtMost200Megabytes() throws IOException {
    assertThat(Files.size(Installation.applicationJar())).isLessThanOrEqualTo(200 * MEGABYTE);
  }

  @Test
  void theApplicationJarHoldsNothingThatSparkBringsAndNoBenchmark() throws IOException {
    assertThat(entries())
        .filteredOn(name -> name.endsWith(".class"))
        .noneMatch(name -> name.startsWith("org/apache/"))
        .noneMatch(name -> name.startsWith("scala/collection/"))
        .noneMatch(name -> name.startsWith("org/slf4j/"))
        .noneMatch(name -> name.startsWith("com/fasterxml/jackson/core/"))
        .noneMatch(name -> name.startsWith("com/fasterxml/jackson/databind/"))
        .noneMatch(name -> name.startsWith("io/lockstep/deploy/"))
        .noneMatch(name -> name.startsWith("org/junit/"));
  }

  @Test
  void theApplicationJarHoldsTheNativesOfOnePlatformOnly() throws IOException {
    assertThat(entries())
        .filteredOn(name -> name.matches(".*\\.(so|dll|dylib|jnilib)(\\.[0-9]+)?"))
        .isNotEmpty()
        .allMatch(name -> name.contains("/linux-x86_64"));
  }

  @Test
  void theApplicationJarHoldsOneLibraryOfNd4j() throws IOException {
    assertThat(entries()).filteredOn(name -> name.matches(".*/libnd4j(cpu|cuda)\\.so")).hasSize(1);
  }

  @Test
  void ofTheChartLibraryTheApplicationJarHoldsWhatGoesIntoPages() throws IOException {
    assertThat(entries())
        .filteredOn(name -> name.startsWith("META-INF/resources/") && !name.endsWith("/"))
        .extracting(name -> name.replaceFirst(".*/", ""))
        .containsExactlyInAnyOrder("LICENSE", "uPlot.iife.min.js", "uPlot.min.css");
  }

  @Test
  void akkaSReferenceConfigurationsAreMerged() throws IOException {
    String merged = text("reference.conf");
    assertThat(merged).contains("akka.actor.typed", "artery", "stream", "pki", "ssl-config");
  }

  @Test
  void noSignatureOfAPartIsLeft() throws IOException {
    assertThat(entries()).noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"));
  }

  @Test
  void theMainClassAndTheVersionAreInTheManifest() throws IOException {
    try (JarFile jar = new JarFile(Installation.applicationJar().toFile())) {
      var attributes = jar.getManifest().getMainAttributes();
      assertThat(attributes.getValue("Main-Class")).isEqualTo("io.lockstep.driver.Main");
      assertThat(attributes.getValue("Implementation-Version")).matches("[0-9]+\\..*");
    }
  }

  @Test
  void sparkSFolderHoldsSparkAndNothingOfLockstepOrItsTests() throws IOException {
    try (Stream<Path> files = Files.list(Installation.sparkHome().resolve("jars"))) {
      List<String> jars = files.map(path -> path.getFileName().toString()).toList();
      assertThat(jars)
          .anyMatch(name -> name.startsWith("spark-sql_"))
          .anyMatch(name -> name.startsWith("hadoop-client-api-"))
          .anyMatch(name -> name.startsWith("scala-library-"))
          .anyMatch(name -> name.startsWith("parquet-jackson-"))
          .noneMatch(
              name ->
                  name.matches(
                      "(lockstep|akka|nd4j|javacpp|openblas|kryo5|picocli|uplot|junit|assertj|jmh"
                          + "|prometheus-metrics|deeplearning4j|archunit|awaitility|byte-buddy)-.*"));
      assertThat(jars.stream().filter(name -> name.startsWith("spark-core_"))).hasSize(1);
    }
  }

  private static List<String> entries() throws IOException {
    try (JarFile jar = new JarFile(Installation.applicationJar().toFile())) {
      return jar.stream().map(ZipEntry::getName).toList();
    }
  }

  private static String text(String entry) throws IOException {
    try (JarFile jar = new JarFile(Installation.applicationJar().toFile())) {
      return new String(
          jar.getInputStream(jar.getEntry(entry)).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
