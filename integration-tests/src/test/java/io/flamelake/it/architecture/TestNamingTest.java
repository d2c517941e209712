/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Tests that Surefire and Failsafe would not find by name are tests that never ran. */
@AnalyzeClasses(
    packages = "io.flamelake",
    importOptions = {ImportOption.OnlyIncludeTests.class})
class TestNamingTest {
  @ArchTest
  static final ArchRule TESTS_ARE_FOUND_BY_NAME =
      methods()
          .that()
          .areAnnotatedWith(Test.class)
          .should()
          .beDeclaredInClassesThat()
          .haveNameMatching(".*(Test|ITCase)(\\$.*)?");

  @ArchTest
  static final ArchRule TESTS_ARE_PACKAGE_PRIVATE =
      methods()
          .that()
          .areAnnotatedWith(Test.class)
          .should()
          .notHaveModifier(JavaModifier.PUBLIC)
          .andShould()
          .notHaveModifier(JavaModifier.PROTECTED);
}
