package io.lockstep.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The executors' template is a file, which components replace whole: what each of them changes. */
class ExecutorTemplatesTest {
  @Test
  void withGpusItIsTheBasesAndAToleration() throws IOException {
    ObjectNode expected = template("base");
    ((ObjectNode) expected.get("spec"))
        .set(
            "tolerations",
            Yaml.document("v: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]")
                .get("v"));
    assertThat(template("components/gpu")).isEqualTo(expected);
  }

  @Test
  void withAnObjectStoreItIsTheBasesWithCredentialsInThePlaceOfTheVolume() throws IOException {
    ObjectNode expected = template("base");
    assertThat(((ArrayNode) expected.at("/spec/volumes")).remove(1).path("name").asText())
        .isEqualTo("runs");
    ObjectNode container = (ObjectNode) expected.at("/spec/containers/0");
    assertThat(((ArrayNode) container.get("volumeMounts")).remove(1).path("name").asText())
        .isEqualTo("runs");
    container.set(
        "env",
        Yaml.document(
                """
                env:
                  - name: AWS_ACCESS_KEY_ID
                    valueFrom: {secretKeyRef: {name: lockstep-store, key: access-key}}
                  - name: AWS_SECRET_ACCESS_KEY
                    valueFrom: {secretKeyRef: {name: lockstep-store, key: secret-key}}
                """)
            .get("env"));
    assertThat(template("components/object-store")).isEqualTo(expected);
  }

  private static ObjectNode template(String folder) throws IOException {
    return Yaml.document(
        Files.readString(Overlays.folder().resolve(folder).resolve("executor.yaml")));
  }
}
