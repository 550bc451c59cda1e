package io.lockstep.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.k8s.Documents.Block;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command in the documents is one that a check knows, and asks for what is there: {@link
 * Programs}.
 */
class DocumentedProgramsTest {
  private static final Set<String> IMAGES =
      Programs.images(Documents.blocks().stream().flatMap(block -> block.lines().stream()));

  static List<Block> blocks() {
    return Documents.blocks();
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void whatACommandAsksForIsThere(Block block) {
    assertThat(Programs.findings(block.lines(), IMAGES)).isEmpty();
  }

  @Test
  void blocksAreFoundInEveryDocumentThatHasThem() {
    assertThat(blocks())
        .extracting(block -> block.document().toString())
        .contains(
            "README.md",
            "deploy/README.md",
            "deploy/examples/README.md",
            "deploy/image/README.md",
            "k8s/README.md",
            "k8s/src/test/resources/io/lockstep/k8s/README.md");
    assertThat(blocks()).hasSizeGreaterThan(25);
  }

  @Test
  void everySecretThatAPodAsksForIsMadeByACommand() {
    Set<String> made = new TreeSet<>();
    Documents.blocks().stream()
        .flatMap(block -> block.lines().stream())
        .flatMap(line -> ShellLine.commands(line).stream())
        .filter(words -> words.contains("generic"))
        .forEach(
            words ->
                words.stream()
                    .filter(word -> word.startsWith("--from-literal="))
                    .map(word -> word.split("=", -1)[1])
                    .forEach(key -> made.add(words.get(words.indexOf("generic") + 1) + "/" + key)));
    assertThat(made).isEqualTo(new TreeSet<>(References.SECRETS));
  }

  /** All but the one with CUDA, of which k8s/README.md says that nothing builds it. */
  @Test
  void everyOverlaysImageIsBuiltByACommand() {
    Set<String> used = new TreeSet<>();
    for (String name : Overlays.names()) {
      Overlays.overlay(name).pods().stream()
          .flatMap(pod -> pod.containers().stream())
          .forEach(container -> used.add(container.path("image").asText()));
    }
    assertThat(used.remove("lockstep:0.1.0-cuda")).isTrue();
    assertThat(used).isEqualTo(IMAGES);
  }

  /** Each line is wrong in one thing, and the check says in which. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          docker run lockstep:0.1.0 ! no check knows the program docker
          cd k8s/overlay/cpu ! must be a folder
          mvn verfy ! unknown phase
          mvn -Pspark-4.9 package ! no profile
          mvn -pl kates test ! no pom in
          mvn verify -Dit.test=SameBitesIT ! no test
          mvn verify -Dlockstep.someCombinations=true ! no test reads
          curl -s http://localhost:4041/metrics/prometheus/ ! page of the driver's figures
          curl -s http://localhost:4040/metrics/prometheus/ | grep LockstepPlugin_losses_Value ! nobody writes
          kubectl apply -k k8s/overlays/prod ! an overlay
          kubectl apply -f k8s/overlays/dev ! must be -k
          kubectl -n lockstep wait --for=condition=complete job/lockstep ! no such object
          kubectl -n locksteps get job lockstep-train ! makes the namespace
          kubectl -n lockstep logs job/lockstep-train | grep 'weights sha265' ! nobody writes
          kubectl -n lockstep logs lockstep-train ! driver is the pod
          kubectl -n lockstep create secret generic lockstep-secret --from-literal=key=$(openssl rand -hex 32) ! no pod asks
          kubectl delete namespace lockstep ! no check knows delete
          cd k8s/overlays/cpu && kustomize edit set image locksteps=REGISTRY/lockstep:0.1.0 ! names the images
          cd k8s/overlays/cpu && kustomize edit set image lockstep=REGISTRY/lockstep:0.2.0 ! builds the image
          kustomize edit set image lockstep=REGISTRY/lockstep:0.1.0 ! no kustomization
          kind load image-archive deploy/image/target/lockstep.tar ! builds the archive
          sudo buildah push lockstep:0.1 docker://REGISTRY/lockstep:0.1.0 ! builds the image
          podman load -i target/lockstep-0.1.0.tar ! builds the archive
          podman run lockstep:0.1.0 lockstep train /opt/lockstep/examples/mnist.yaml ! mnist.yaml
          podman run lockstep:0.1.0 lockstep trian /opt/lockstep/examples/wine.yaml ! trian
          sudo deploy/image/build --name lockstep ! no option
          sudo deploy/image/build --jars deploy/s4a ! with a pom.xml
          spark-submit --master spark://host:7077 --class io.lockstep.Main deploy/target/lockstep-VERSION.jar validate deploy/examples/wine.yaml ! --class must be
          spark-submit --master spark://host:7077 --class io.lockstep.driver.Main lockstep.jar validate deploy/examples/wine.yaml ! another jar
          spark-submit --master spark://host:7077 --class io.lockstep.driver.Main deploy/target/lockstep-VERSION.jar train deploy/examples/wine.yaml --set cluster.worker=4 ! cluster.worker
          aws s3 cp --recursive deploy/examples/data/mnist s3://lockstep-runs/mnist ! run.yaml reads from
          deploy/bench --jason FILE ! no option
          """)
  void aWrongCommandIsFound(String line, String text) {
    assertThat(Programs.findings(List.of(line), IMAGES))
        .anySatisfy(finding -> assertThat(finding).contains(text));
  }

  @Test
  void aLineIsPartedAsAShellDoes() {
    assertThat(ShellLine.commands("export A=$(head -c 24 /dev/urandom | base64) # a comment"))
        .containsExactly(List.of("head", "-c", "24", "/dev/urandom"), List.of("base64"));
    assertThat(ShellLine.commands("export A=\"b c\" D='e f'")).isEmpty();
    assertThat(ShellLine.commands("B=c d 'e f' --g=\"h i\" && j"))
        .containsExactly(List.of("d", "e f", "--g=h i"), List.of("j"));
    assertThat(Stream.of("# nothing", "").map(ShellLine::commands)).allMatch(List::isEmpty);
  }
}
