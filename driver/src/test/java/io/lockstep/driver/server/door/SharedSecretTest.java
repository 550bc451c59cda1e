package io.lockstep.driver.server.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.driver.storage.Location;
import io.lockstep.driver.storage.ObjectStoreFileSystem;
import io.lockstep.driver.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedSecretTest {
  private static final String SETTING = "cluster.secretFile";
  private static final String SECRET = "sixteen letters.";
  private static final byte[] SAID = "something".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("secret"), text);
  }

  private static SharedSecret environment(String secret) {
    return SharedSecret.find(null, SETTING, Map.of(SharedSecret.VARIABLE, secret));
  }

  @Test
  void aFileAndTheEnvironmentGiveTheSameSecretWhateverSpaceIsAroundIt() throws IOException {
    SharedSecret given = SharedSecret.find(file(" " + SECRET + "\n"), SETTING, Map.of());
    byte[] proof = environment("\t" + SECRET + "\r\n").proof("process", SAID);
    assertThat(given.proves(proof, "process", SAID)).isTrue();
  }

  @Test
  void theFileMayLieOnAnyFileSystemOfHadoops() throws IOException {
    Storage storage =
        Storage.with(Map.of(ObjectStoreFileSystem.SETTING, ObjectStoreFileSystem.class.getName()));
    Location file = Location.of("objects:" + file(SECRET + "\n"));
    SharedSecret given = SharedSecret.find(file, storage, SETTING, Map.of());
    assertThat(given.proves(environment(SECRET).proof("process", SAID), "process", SAID)).isTrue();
  }

  @Test
  void aFileThatIsNamedCountsMoreThanTheEnvironment() throws IOException {
    Map<String, String> other = Map.of(SharedSecret.VARIABLE, "another secret, as long");
    SharedSecret given = SharedSecret.find(file(SECRET), SETTING, other);
    assertThat(given.proves(environment(SECRET).proof("process", SAID), "process", SAID)).isTrue();
  }

  @Test
  void aProofIsOfOneSecretOneSpeakerAndWhatWasSaid() {
    SharedSecret secret = environment(SECRET);
    byte[] proof = secret.proof("process", SAID);
    assertThat(proof).hasSize(Greeting.PROOF_BYTES);
    assertThat(secret.proves(proof, "process", SAID)).isTrue();
    assertThat(secret.proves(proof, "driver", SAID)).isFalse();
    assertThat(secret.proves(proof, "process", new byte[] {1})).isFalse();
    assertThat(environment("another secret, as long").proves(proof, "process", SAID)).isFalse();
  }

  @Test
  void oneThatIsTooShortIsRefusedWithItsPlaceAndHowToMakeOne() throws IOException {
    String rule = " must have at least 16 characters, got 15; make one, such as by: head -c 24";
    assertThatThrownBy(() -> environment("fifteen letters"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("LOCKSTEP_SECRET" + rule);
    Path file = file("fifteen letters\n");
    assertThatThrownBy(() -> SharedSecret.find(file, SETTING, Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("the secret in cluster.secretFile " + file + rule);
  }

  @Test
  void whereThereIsNoneTheErrorNamesBothPlaces() {
    assertThatThrownBy(() -> SharedSecret.find(null, "--secret-file", Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("got none")
        .hasMessageContaining("set LOCKSTEP_SECRET in the environment, or --secret-file,")
        .hasMessageContaining("head -c 24 /dev/urandom | base64");
    assertThatThrownBy(() -> environment(" \n")).hasMessageContaining("got none");
  }

  @Test
  void aFileThatCannotBeReadIsNamedWithItsSetting() {
    Path nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> SharedSecret.find(nowhere, SETTING, Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("cluster.secretFile must be a file with the secret, cannot read")
        .hasMessageContaining(nowhere.toString())
        .hasMessageContaining("NoSuchFileException");
  }

  @Test
  void itDoesNotSayWhatItIs() {
    assertThat(environment(SECRET).toString()).doesNotContain("sixteen");
  }
}
