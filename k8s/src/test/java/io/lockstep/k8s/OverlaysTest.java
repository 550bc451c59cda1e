package io.lockstep.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    assertThat(OVERLAYS).containsExactly("cpu", "dev", "gpu");
    assertThat(OVERLAYS.stream().map(n -> Overlays.overlay(n).run().cluster().placement()))
        .doesNotHaveDuplicates();
    assertThat(Overlays.overlay("cpu").all("SparkApplication")).hasSize(1);
    assertThat(Overlays.overlay("dev").all("Job")).hasSize(1);
    assertThat(Overlays.overlay("gpu").all("Job")).hasSize(1);
  }

  @Test
  void theGpuOverlaysExecutorsAskForAGpuEachAndAreLetOntoItsNode() {
    Pod executor = SparkPods.of(Overlays.overlay("gpu")).get(0);
    assertThat(executor.spec().at("/containers/0/resources/limits/nvidia.com~1gpu").asText())
        .isEqualTo("1");
    assertThat(executor.spec().at("/tolerations/0/key").asText()).isEqualTo("nvidia.com/gpu");
  }
}
