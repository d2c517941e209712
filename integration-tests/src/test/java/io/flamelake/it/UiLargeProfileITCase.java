/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.google.v1.ValueType;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A profile with more functions than a flame graph has nodes. */
class UiLargeProfileITCase extends BaseUiITCase {
  private static final int FUNCTIONS = 20_000;

  @BeforeAll
  void push() {
    // In two halves: a profile may have 16,000 samples.
    FlamelakeClient client = new FlamelakeClient(server, null);
    UiProfiles.push(client, "large", wide(1, FUNCTIONS / 2));
    UiProfiles.push(client, "large", wide(FUNCTIONS / 2 + 1, FUNCTIONS));
  }

  @Test
  void listsTheFunctionsThatTheFlameGraphHasCutOff() {
    browser.open(server, "");
    UiBrowser.await(
        () -> browser.panel("left", "table-note").getText().equals(FUNCTIONS + " functions"));
    browser.panel("left", "filter").sendKeys("f_00001");
    UiBrowser.await(() -> browser.rows("left").size() == 1);
    assertThat(browser.rows("left").get(0)).startsWith("f_00001", "1 ms");
    assertThat(browser.errors()).isEmpty();
  }

  @Test
  void saysWhereItDoesNotKnowAllFunctions() {
    browser.open(server, "?frame=f_20000");
    assertThat(browser.panel("left", "table-note").getText()).isEqualTo("1 function");
    browser.open(server, "?frame=other");
    UiBrowser.await(
        () -> browser.panel("left", "table-note").getText().endsWith("the flame graph is cut off"));
  }

  /** Function i has i milliseconds and is called by nobody. */
  private static Profile wide(int first, int last) {
    Profile.Builder profile = Profile.newBuilder();
    profile.addAllStringTable(List.of("", "cpu", "nanoseconds"));
    ValueType cpu = ValueType.newBuilder().setType(1).setUnit(2).build();
    profile.addSampleType(cpu).setPeriodType(cpu).setPeriod(1);
    profile.setTimeNanos(TimeUnit.SECONDS.toNanos(Instant.now().getEpochSecond() - 5));
    for (int i = first; i <= last; i++) {
      profile.addStringTable("f_%05d".formatted(i));
      profile.addFunction(
          Function.newBuilder().setId(i).setName(profile.getStringTableCount() - 1));
      profile.addLocation(
          Location.newBuilder().setId(i).addLine(Line.newBuilder().setFunctionId(i)));
      profile.addSample(
          Sample.newBuilder().addLocationId(i).addValue(TimeUnit.MILLISECONDS.toNanos(i)));
    }

    return profile.build();
  }
}
