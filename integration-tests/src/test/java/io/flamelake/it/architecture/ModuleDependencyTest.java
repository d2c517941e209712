/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The dependency directions of docs/architecture.md. The POMs and the enforcer hold them between
 * modules; these rules hold them between packages too. Nothing is frozen: the list of exceptions is
 * empty.
 */
@AnalyzeClasses(
    packages = "io.flamelake",
    importOptions = {ImportOption.DoNotIncludeTests.class, ModuleDependencyTest.NoTestJars.class})
class ModuleDependencyTest {
  private static final String MODEL = "io.flamelake.model..";
  private static final String PROTO = "io.flamelake.proto..";
  private static final String SEGMENT = "io.flamelake.segment..";
  private static final String CATALOG = "io.flamelake.catalog..";
  private static final String RPC = "io.flamelake.rpc..";
  private static final String GATEWAY = "io.flamelake.gateway..";
  private static final String FLINK = "io.flamelake.flink..";
  private static final String QUERY = "io.flamelake.query..";
  private static final String SERVER = "io.flamelake.server..";

  @ArchTest
  static final ArchRule MODEL_SEES_ONLY_ITS_LIBRARIES =
      classes()
          .that()
          .resideInAPackage(MODEL)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "com.google.protobuf..",
              "com.google.re2j..",
              "it.unimi.dsi.fastutil..",
              "org.jspecify.annotations..",
              MODEL,
              PROTO);

  @ArchTest
  static final ArchRule SEGMENT_LOG_KNOWS_NO_ENGINE =
      noClasses()
          .that()
          .resideInAPackage(SEGMENT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "com.linecorp.armeria..",
              "org.apache.flink..",
              "org.apache.iceberg..",
              CATALOG,
              RPC,
              GATEWAY,
              FLINK,
              QUERY,
              SERVER);

  @ArchTest
  static final ArchRule CATALOG_KNOWS_NO_WRITER_AND_NO_READER =
      noClasses()
          .that()
          .resideInAPackage(CATALOG)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", SEGMENT, RPC, GATEWAY, FLINK, QUERY, SERVER);

  @ArchTest
  static final ArchRule GATEWAY_HANDS_OVER_THROUGH_THE_SEGMENT_LOG =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.flink..", "org.apache.iceberg..", CATALOG, FLINK, QUERY, SERVER);

  @ArchTest
  static final ArchRule JOBS_KNOW_NO_SERVICE =
      noClasses()
          .that()
          .resideInAPackage(FLINK)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.linecorp.armeria..", RPC, GATEWAY, QUERY, SERVER);

  @ArchTest
  static final ArchRule QUERIER_KNOWS_NO_WRITER =
      noClasses()
          .that()
          .resideInAPackage(QUERY)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", GATEWAY, FLINK, SERVER);

  @ArchTest
  static final ArchRule HTTP_STAYS_AT_THE_EDGE =
      noClasses()
          .that()
          .resideInAPackage("io.flamelake..")
          .and()
          .resideOutsideOfPackages(
              "..api..",
              RPC,
              SERVER,
              "io.flamelake.gateway",
              "io.flamelake.query",
              "io.flamelake.testkit..",
              "io.flamelake.benchmarks..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.linecorp.armeria.server..");

  @ArchTest
  static final ArchRule NO_PACKAGE_CYCLES =
      slices().matching("io.flamelake.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NO_VAGUE_NAMES =
      noClasses()
          .that()
          .resideInAPackage("io.flamelake..")
          .and()
          .resideOutsideOfPackage(PROTO)
          .should()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .resideInAnyPackage("..util..", "..common..", "..helper..", "..impl..");

  /** Leaves out what a module offers to other modules' tests, which are jars in a whole build. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }
}
