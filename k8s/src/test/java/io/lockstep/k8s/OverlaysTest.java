package io.lockstep.k8s;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

class OverlaysTest {
  static final List<String> OVERLAYS = Overlays.names();

  /** Where kubectl is not, the next test says whether what is kept is of these files. */
  @ParameterizedTest
  @FieldSource("OVERLAYS")
  void kubectlBuildsWhatIsKept(String name) throws IOException, InterruptedException {
    if (!Overlays.canBuild()) {
      System.out.println(
          "k8s: kubectl is not installed: overlay "
              + name
              + " is not built, the checks are of what was built the last time");
    }
    assumeTrue(Overlays.canBuild(), "kubectl is not installed");
    String built = Overlays.build(name);
    Path kept = Overlays.kept(name);
    if (Boolean.getBoolean("manifests.write")) {
      Files.createDirectories(kept.getParent());
      Files.writeString(kept, built);
    }
    assertThat(kept)
        .as("as built; write it anew by -Dmanifests.write=true")
        .content()
        .isEqualTo(built);
  }

  @ParameterizedTest
  @FieldSource("OVERLAYS")
  void whatIsKeptWasBuiltOfTheseFiles(String name) {
    assertThat(Overlays.kept(name))
        .as(
            "the manifests have changed: run this test with -Dmanifests.write=true where kubectl is")
        .content()
        .startsWith(
            "# Built by kubectl kustomize of files with the hash " + Overlays.sourcesHash() + "\n");
  }

  @ParameterizedTest
  @EnumSource
  void everyOverlayKeepsTheRule(Rule rule) {
    for (String name : OVERLAYS) {
      assertThat(rule.findings(Overlays.overlay(name))).as(name + ": " + rule.sentence()).isEmpty();
    }
  }

  @Test
  void overlaysDifferInHowTheyStartAndWhereServersLive() {
    assertThat(OVERLAYS.stream().collect(toMap(n -> n, OverlaysTest::way)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "cpu", "SparkApplication, processes",
                "dev", "Job, driver",
                "gpu", "Job, workers",
                "object-store", "Job, processes"));
  }

  private static String way(String name) {
    Overlay overlay = Overlays.overlay(name);
    String start = overlay.all("Job").isEmpty() ? "SparkApplication" : "Job";
    return start + ", " + overlay.run().cluster().placement().key();
  }

  static final List<Combination> COMBINATIONS =
      List.of(
          new Combination("dev", "prometheus", ""),
          new Combination("gpu", "prometheus", ""),
          new Combination("object-store", "prometheus", ""),
          new Combination(
              "cpu",
              "object-store",
              """
              patches:
                - target: {kind: SparkApplication, name: lockstep-train}
                  patch: |-
                    - op: replace
                      path: /spec/arguments/3
                      value: s3a://lockstep-runs/runs/run
              configMapGenerator:
                - name: lockstep-run
                  behavior: merge
                  files: [run.yaml]
              generatorOptions:
                disableNameSuffixHash: true
              """));

  /**
   * A component in an overlay that comes without it.
   *
   * @param more of the kustomization
   */
  record Combination(String overlay, String component, String more) {
    @Override
    public String toString() {
      return component + " in " + overlay;
    }

    /** Written where kustomize finds overlays and components. */
    Path write() throws IOException {
      Path folder = Overlays.folder().resolve("target/combined/" + overlay + "-" + component);
      Files.createDirectories(folder);
      // kustomize reads no file from outside.
      Files.copy(
          Overlays.folder().resolve("overlays/object-store/run.yaml"),
          folder.resolve("run.yaml"),
          StandardCopyOption.REPLACE_EXISTING);
      Files.writeString(
          folder.resolve("kustomization.yaml"),
          """
          apiVersion: kustomize.config.k8s.io/v1beta1
          kind: Kustomization
          namespace: lockstep
          resources: [../../../overlays/%s]
          components: [../../../components/%s]
          %s"""
              .formatted(overlay, component, more));
      return folder;
    }
  }

  @ParameterizedTest
  @FieldSource("COMBINATIONS")
  void componentsGoIntoOtherOverlaysToo(Combination combination)
      throws IOException, InterruptedException {
    assumeTrue(Overlays.canBuild(), "kubectl is not installed");
    Overlay overlay =
        new Overlay(combination.toString(), Yaml.documents(Overlays.build(combination.write())));
    for (Rule rule : Rule.values()) {
      assertThat(rule.findings(overlay)).as(combination + ": " + rule.sentence()).isEmpty();
    }
  }

  @Test
  void theGpuOverlaysExecutorsAskForAGpuEachAndAreLetOntoItsNode() {
    Pod executor = SparkPods.of(Overlays.overlay("gpu")).get(0);
    assertThat(executor.spec().at("/containers/0/resources/limits/nvidia.com~1gpu").asText())
        .isEqualTo("1");
    assertThat(executor.spec().at("/tolerations/0/key").asText()).isEqualTo("nvidia.com/gpu");
  }
}
