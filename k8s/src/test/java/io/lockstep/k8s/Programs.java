package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.driver.cli.ConfigurationFile;
import io.lockstep.driver.cli.Lockstep;
import io.lockstep.driver.metrics.Figure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.deploy.SparkSubmitArguments;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What each program in the documents may be asked for: its arguments against the files, objects and
 * images that are there. What the program does with them is for those who have it, a cluster and a
 * registry; {@code lockstep} itself is checked by the driver's own test of documented commands.
 */
final class Programs {
  private static final String MAIN = "io.lockstep.driver.Main";

  /** What makes a word of a line, and changes nothing. */
  private static final Set<String> HARMLESS = Set.of("head", "base64", "openssl", "printf", "sed");

  private static final String VERSION = version();

  /** Images that a documented command builds, each with its tag. */
  private final Set<String> images;

  private final List<String> findings = new ArrayList<>();

  private final Kubectl kubectl = new Kubectl();

  private Path folder = Documents.root();

  private Programs(Set<String> images) {
    this.images = images;
  }

  /** What is wrong with commands that are given one after the other; empty if nothing is. */
  static List<String> findings(List<String> lines, Set<String> images) {
    Programs programs = new Programs(images);
    for (String line : lines) {
      for (List<String> command : ShellLine.commands(line)) {
        programs.command(command);
      }
    }
    return programs.findings;
  }

  /** The images that commands build. */
  static Set<String> images(Stream<String> lines) {
    Set<String> images = new TreeSet<>();
    lines
        .flatMap(line -> ShellLine.commands(line).stream())
        .filter(command -> command.contains("deploy/image/build"))
        .forEach(command -> images.add(after(command, "--tag", "lockstep:" + VERSION)));
    return images;
  }

  private void command(List<String> words) {
    List<String> rest = words.subList(1, words.size());
    switch (words.get(0)) {
      case "sudo" -> command(rest);
      case "deploy/lockstep", "lockstep" -> {} // the driver's test
      case "cd" -> cd(rest.get(0));
      case "grep" -> grep(rest.get(rest.size() - 1));
      case "mvn" -> findings.addAll(Maven.findings(rest));
      case "curl" -> curl(rest);
      case "aws" -> aws(rest);
      case "kubectl" -> findings.addAll(kubectl.findings(rest));
      case "kustomize" -> kustomize(rest);
      case "kind" -> kind(rest);
      case "podman" -> podman(rest);
      case "buildah" -> buildah(rest);
      case "spark-submit" -> sparkSubmit(rest);
      case "deploy/image/build" -> imageBuild(rest);
      case "deploy/bench", "deploy/compare-optimizers" -> ownProgram(words.get(0), rest);
      default -> {
        if (!HARMLESS.contains(words.get(0))) {
          findings.add("no check knows the program " + words.get(0));
        }
      }
    }
  }

  private void must(boolean holds, String what, Object given) {
    if (!holds) {
      findings.add(what + ", got " + given);
    }
  }

  private void cd(String path) {
    folder = Documents.root().resolve(path);
    must(Files.isDirectory(folder), "cd: must be a folder", path);
  }

  /** What is looked for must be written by somebody: as it stands, or as a gauge's name. */
  private void grep(String text) {
    Matcher gauge = Pattern.compile("LockstepPlugin_([A-Za-z]+)_Value").matcher(text);
    boolean written =
        gauge.matches()
            ? Stream.of(Figure.values()).anyMatch(figure -> figure.key().equals(gauge.group(1)))
            : Documents.sources("driver/src/main").contains("\"" + text + "\"");
    must(written, "grep: nobody writes", text);
  }

  /** The driver's test of Spark's figures asks for the same path and name. */
  private void curl(List<String> words) {
    String address = words.get(words.size() - 1);
    must(
        address.equals("http://localhost:4040/metrics/prometheus/"),
        "curl: must ask for the page of the driver's figures",
        address);
    Help.mustKnow("curl", List.of(), words, findings);
  }

  private void aws(List<String> words) {
    boolean copy =
        words.size() == 5 && words.subList(0, 3).equals(List.of("s3", "cp", "--recursive"));
    must(copy, "aws: must be s3 cp --recursive FOLDER ADDRESS", words);
    if (!copy) {
      return;
    }
    must(Files.isDirectory(Documents.root().resolve(words.get(3))), "aws: no folder", words.get(3));
    Set<String> folders = new TreeSet<>();
    data(
        Yaml.document(Overlays.overlay("object-store").file("lockstep-run", "run.yaml"))
            .path("data"),
        folders);
    String target = words.get(4).replaceFirst("s3://", "s3a://");
    must(folders.equals(Set.of(target)), "aws: run.yaml reads from " + folders, words.get(4));
  }

  private static void data(JsonNode part, Set<String> folders) {
    part.forEach(p -> data(p, folders));
    if (part.asText().contains("://")) {
      folders.add(part.asText().replaceFirst("/[^/]*$", ""));
    }
  }

  private void kustomize(List<String> words) {
    boolean edit = words.size() == 4 && words.subList(0, 3).equals(List.of("edit", "set", "image"));
    must(edit, "kustomize: must be edit set image NAME=NEW", words);
    Path file = folder.resolve("kustomization.yaml");
    must(Files.exists(file), "kustomize: no kustomization in", folder);
    if (!edit || !Files.exists(file)) {
      return;
    }
    String[] names = words.get(3).split("=", 2);
    Set<String> known = new HashSet<>();
    Yaml.document(text(file)).path("images").forEach(i -> known.add(i.path("name").asText()));
    must(known.contains(names[0]), "kustomize: the overlay names the images " + known, names[0]);
    image(names[1]);
  }

  /** An image that a documented command builds, in a registry or not. */
  private void image(String name) {
    String local = name.replaceFirst("^(docker://)?REGISTRY/", "");
    must(images.contains(local), "no documented command builds the image", name);
  }

  /** The archive of such an image. */
  private void archive(String path) {
    Set<String> archives = new TreeSet<>();
    images.forEach(i -> archives.add("deploy/image/target/" + i.replace(':', '-') + ".tar"));
    must(archives.contains(path), "no documented command builds the archive", path);
  }

  private void kind(List<String> words) {
    must(words.subList(0, 2).equals(List.of("load", "image-archive")), "kind: no check", words);
    archive(words.get(words.size() - 1));
  }

  private void buildah(List<String> words) {
    must(
        words.size() == 3 && words.get(0).equals("push"),
        "buildah: must be push IMAGE ADDRESS",
        words);
    image(words.get(1));
    image(words.get(words.size() - 1));
  }

  private void podman(List<String> words) {
    if (words.get(0).equals("load")) {
      archive(after(words, "-i", ""));
      Help.mustKnow("podman", List.of("load"), words, findings);
      return;
    }
    int run = words.indexOf("run");
    int image = 0;
    while (image < words.size() && !words.get(image).startsWith("lockstep")) {
      image++;
    }
    must(run >= 0 && image + 2 < words.size(), "podman: must load or run an image", words);
    if (run < 0 || image + 2 >= words.size()) {
      return;
    }
    image(words.get(image));
    Help.mustKnow("podman", List.of("run"), words.subList(run + 1, image), findings);
    must(words.get(image + 1).equals("lockstep"), "podman: no check knows", words.get(image + 1));
    lockstep(words.subList(image + 2, words.size()));
  }

  private void sparkSubmit(List<String> words) {
    SparkSubmitArguments arguments;
    try {
      arguments =
          new SparkSubmitArguments(
              CollectionConverters.asScala(words).toSeq(),
              scala.collection.immutable.Map$.MODULE$.empty());
    } catch (RuntimeException e) {
      findings.add("spark-submit: " + e.getMessage());
      return;
    }
    must(
        MAIN.equals(arguments.mainClass()),
        "spark-submit: --class must be " + MAIN,
        arguments.mainClass());
    Path resource = Path.of(arguments.primaryResource().replaceFirst("^file:", ""));
    String jar = Path.of("").toAbsolutePath().relativize(resource).toString();
    must(
        jar.equals("deploy/target/lockstep-VERSION.jar"),
        "spark-submit: the launcher builds another jar",
        jar);
    must(
        text("deploy/lockstep").contains("'%s/lockstep-%s.jar' \"$target\""),
        "spark-submit: the launcher's jar is called otherwise than",
        jar);
    lockstep(CollectionConverters.asJava(arguments.childArgs()));
  }

  /** Lockstep's own arguments, with the configuration that they name. */
  private void lockstep(List<String> words) {
    try {
      new CommandLine(new Lockstep()).parseArgs(words.toArray(String[]::new));
    } catch (ParameterException e) {
      findings.add("lockstep: " + e.getMessage());
    }
    List<String> settings = new ArrayList<>();
    for (int i = 1; i < words.size(); i++) {
      if (words.get(i - 1).equals("--set")) {
        settings.add(words.get(i));
      }
    }
    for (String word : words) {
      if (word.endsWith(".yaml")) {
        configuration(word.replace("/opt/lockstep/", "deploy/"), settings);
      }
    }
  }

  private void configuration(String file, List<String> settings) {
    try {
      ConfigurationFile.load(Documents.root().resolve(file), settings);
    } catch (ConfigurationException e) {
      findings.add("lockstep: " + e.getMessage());
    }
  }

  private void imageBuild(List<String> words) {
    String script = text("deploy/image/build");
    for (String word : words) {
      must(
          !word.startsWith("-") || script.contains("    " + word + ") "),
          "deploy/image/build: no option",
          word);
    }
    String jars = after(words, "--jars", "");
    must(
        jars.isEmpty() || Files.exists(Documents.root().resolve(jars).resolve("pom.xml")),
        "deploy/image/build: --jars must name a folder with a pom.xml",
        jars);
  }

  /** The options of our other programs are in their sources. */
  private void ownProgram(String program, List<String> words) {
    must(Files.isExecutable(Documents.root().resolve(program)), "no such program", program);
    for (String word : words) {
      boolean known = word.equals("--help") || !word.startsWith("-");
      must(
          known || Documents.sources("deploy/src/main").contains("\"" + word + "\""),
          program + ": no option",
          word);
    }
  }

  private static String after(List<String> words, String option, String otherwise) {
    int index = words.indexOf(option);
    return index < 0 || index + 1 == words.size() ? otherwise : words.get(index + 1);
  }

  private static String version() {
    Matcher version = Pattern.compile("(?m)^  <version>(.*)</version>$").matcher(text("pom.xml"));
    if (!version.find()) {
      throw new IllegalStateException("pom.xml has no version");
    }
    return version.group(1);
  }

  private static String text(String file) {
    return Documents.text(Path.of(file));
  }

  private static String text(Path file) {
    return Documents.text(file);
  }
}
