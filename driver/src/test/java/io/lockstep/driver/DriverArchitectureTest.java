package io.lockstep.driver;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

final class DriverArchitectureTest {
  private static final JavaClasses DRIVER =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.lockstep.driver");

  @Test
  void hadoopIsKnownWhereSparkIsAndWhereFilesAreKept() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.lockstep.driver.spark..", "io.lockstep.driver.storage..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.hadoop..")
        .check(DRIVER);
  }

  @Test
  void whereFilesAreKeptNobodyKnowsOfRuns() {
    noClasses()
        .that()
        .resideInAPackage("io.lockstep.driver.storage..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.lockstep..")
                .and(
                    resideOutsideOfPackages(
                        "io.lockstep.driver.storage..",
                        "io.lockstep.common.checkpoint..",
                        "io.lockstep.common.config..")))
        .check(DRIVER);
  }
}
