package io.lockstep.common;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.channels.AsynchronousChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * What the room {@code common} may lean on: the JDK and Jackson, and no clock, thread or socket.
 */
class CommonArchitectureTest {
  private static final JavaClasses COMMON =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.lockstep.common");

  @Test
  void commonLeansOnTheJdkAndJacksonAlone() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.lockstep.common..",
            "java..",
            "com.fasterxml.jackson..",
            "org.yaml.snakeyaml..",
            "org.jspecify..")
        .check(COMMON);
  }

  @Test
  void commonOpensNoSocketsAndStartsNoThreads() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.net\\.(?!URI|URL|URISyntaxException).*")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(SelectableChannel.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(AsynchronousChannel.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Selector.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .check(COMMON);
  }

  @Test
  void commonReadsNoClock() {
    noClasses()
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .check(COMMON);
  }

  @Test
  void packagesOfCommonDoNotGoInCircles() {
    slices().matching("io.lockstep.common.(*)..").should().beFreeOfCycles().check(COMMON);
  }
}
