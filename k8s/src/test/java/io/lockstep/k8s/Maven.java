package io.lockstep.k8s;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What Maven may be asked for in the documents: poms, profiles, tests, and properties that tests
 * read.
 */
final class Maven {
  private static final Set<String> PHASES = Set.of("verify", "package", "test", "compile");

  /** Properties of Maven's own plugins. */
  private static final Set<String> MAVENS = Set.of("skipTests", "surefire.failIfNoSpecifiedTests");

  private final List<String> findings = new ArrayList<>();

  private Maven() {}

  /** What is wrong with a command; empty if nothing is. */
  static List<String> findings(List<String> words) {
    Maven maven = new Maven();
    maven.command(words);
    return maven.findings;
  }

  private void command(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.startsWith("-P")) {
        String profile = "<id>" + word.substring(2) + "</id>";
        must(Documents.text(Path.of("pom.xml")).contains(profile), "mvn: no profile", word);
      } else if (word.equals("-pl") || word.equals("-f")) {
        i++;
        Path pom = Documents.root().resolve(words.get(i)).resolve("pom.xml");
        must(Files.exists(pom), "mvn: no pom in", words.get(i));
      } else if (word.startsWith("-D")) {
        property(word.substring(2).split("=", 2));
      } else {
        must(PHASES.contains(word) || word.equals("-am"), "mvn: unknown phase or option", word);
      }
    }
  }

  private void property(String[] property) {
    if (property[0].equals("test") || property[0].equals("it.test")) {
      must(
          Documents.sources("").contains("class " + property[1] + " "),
          "mvn: no test",
          property[1]);
    } else if (!MAVENS.contains(property[0])) {
      boolean read =
          Documents.sources("").contains("Boolean(\"" + property[0] + "\")")
              || Documents.sources("").contains("getProperty(\"" + property[0] + "\")");
      must(read, "mvn: no test reads the property", property[0]);
    }
  }

  private void must(boolean holds, String what, Object given) {
    if (!holds) {
      findings.add(what + ", got " + given);
    }
  }
}
