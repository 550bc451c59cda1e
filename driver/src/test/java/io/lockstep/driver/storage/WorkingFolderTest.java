package io.lockstep.driver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkingFolderTest {
  @TempDir Path parent;

  /** Makes a folder with a file, says so, and waits for its end. */
  static final class Other {
    private Other() {}

    public static void main(String[] arguments) throws IOException {
      WorkingFolder folder = WorkingFolder.create(Path.of(arguments[0]));
      Files.writeString(folder.path().resolve("steps.jsonl"), "{}");
      System.out.println(folder.path());
      int unused = System.in.read();
      Runtime.getRuntime().halt(137);
    }
  }

  @Test
  void whatAKilledProcessLeftGoesWithTheNextAndWhatALivingOneUsesStays() throws Exception {
    Process other = startOther();
    try {
      Path left = Path.of(other.inputReader().readLine());
      try (WorkingFolder second = WorkingFolder.create(parent)) {
        assertThat(left.resolve("steps.jsonl")).as("its process is alive").exists();
        assertThat(second.path()).isDirectory();
      }
      other.destroyForcibly().waitFor();
      assertThat(left.resolve("steps.jsonl")).exists();
      try (WorkingFolder third = WorkingFolder.create(parent);
          WorkingFolder fourth = WorkingFolder.create(parent)) {
        assertThat(left).doesNotExist();
        assertThat(third.path()).isDirectory().isNotEqualTo(fourth.path());
      }
      assertThat(parent).isEmptyDirectory();
    } finally {
      other.destroyForcibly();
    }
  }

  private Process startOther() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            Other.class.getName(),
            parent.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void aFolderThatIsKeptStays() throws IOException {
    WorkingFolder kept = WorkingFolder.create(parent);
    Files.writeString(kept.path().resolve("steps.jsonl"), "{}");
    kept.keep();
    kept.close();
    Path ofAnother = parent.resolve("lockstep-run-0-kept"); // no process has this id
    Files.move(kept.path().getParent(), ofAnother);
    WorkingFolder.create(parent).close();
    assertThat(ofAnother.resolve("files/steps.jsonl")).exists();
  }

  @Test
  void whatIsNoFolderOfThisKindStays() throws IOException {
    Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
    Files.createFile(elsewhere.resolve("lock"));
    Path link = Files.createSymbolicLink(parent.resolve("lockstep-run-0-link"), elsewhere);
    Path file = Files.createFile(parent.resolve("lockstep-run-0-file"));
    Path mine = Files.createDirectory(parent.resolve("lockstep-run-0-mine"));
    WorkingFolder.create(parent).close();
    assertThat(List.of(link, file, mine, elsewhere.resolve("lock"))).allMatch(Files::exists);
  }
}
