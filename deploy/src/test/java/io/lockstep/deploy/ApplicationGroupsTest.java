package io.lockstep.deploy;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The list of what the application brings itself, {@code application.groups} in the root pom: the
 * launcher's Spark and the image's layers are parted by it.
 */
class ApplicationGroupsTest {
  private static final Path ROOT = Path.of("..");
  private static final String OURS = "io.lockstep";

  @Test
  void theApplicationJarIsMadeOfTheseGroups() throws Exception {
    Set<String> shaded =
        elements(pom("deploy/pom.xml"), "include")
            .map(Node::getTextContent)
            .filter(include -> include.contains(":")) // not the files of a filter
            .map(include -> include.split(":", -1)[0])
            .filter(group -> !group.equals(OURS))
            .collect(toCollection(TreeSet::new));
    assertThat(shaded.remove("org.scala-lang.modules")).as("the next test's artifact").isTrue();
    assertThat(shaded).isEqualTo(groups());
  }

  @Test
  void theApplicationJarIsMadeOfTheseArtifacts() throws Exception {
    String artifact = property("application.artifacts").replaceFirst("_\\$\\{.*", "");
    assertThat(elements(pom("deploy/pom.xml"), "include").map(Node::getTextContent))
        .contains("org.scala-lang.modules:" + artifact + "_*");
  }

  /** One that is added to a room's pom alone would be in Spark's folder, and in no real Spark. */
  @Test
  void whatARoomDependsOnIsOfTheseGroups() throws Exception {
    for (String room : List.of("common", "worker", "driver")) {
      assertThat(dependencies(pom(room + "/pom.xml")))
          .as(room)
          .isSubsetOf(Stream.concat(groups().stream(), Stream.of(OURS, "org.jspecify")).toList());
    }
  }

  @Test
  void whatCopiesSparksJarsGoesByThisList() throws Exception {
    for (String pom : List.of("deploy/pom.xml", "deploy/image/pom.xml")) {
      assertThat(elements(pom(pom), "excludeGroupIds").map(Node::getTextContent))
          .as(pom)
          .isNotEmpty()
          .allMatch(groups -> groups.contains("${application.groups}"));
      assertThat(elements(pom(pom), "application.groups")).as(pom).isEmpty();
    }
  }

  private static Set<String> groups() throws Exception {
    return new TreeSet<>(List.of(property("application.groups").split(",", -1)));
  }

  private static String property(String name) throws Exception {
    return elements(pom("pom.xml"), name).findFirst().orElseThrow().getTextContent();
  }

  /** The groups of what is there when the application runs, and is not Spark's. */
  private static Set<String> dependencies(Document pom) {
    return elements(pom, "dependency")
        .filter(
            dependency ->
                dependency.getParentNode().getParentNode().getNodeName().equals("project"))
        .filter(dependency -> !Set.of("test", "provided").contains(child(dependency, "scope")))
        .map(dependency -> child(dependency, "groupId"))
        .collect(toCollection(TreeSet::new));
  }

  private static String child(Element element, String name) {
    NodeList found = element.getElementsByTagName(name);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent();
  }

  private static Document pom(String path)
      throws ParserConfigurationException, IOException, SAXException {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(ROOT.resolve(path).toFile());
  }

  private static Stream<Element> elements(Document pom, String name) {
    NodeList found = pom.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i));
  }
}
