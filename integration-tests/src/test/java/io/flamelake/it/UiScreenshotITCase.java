/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/**
 * Uses the page as a person does, in headless Chromium, and takes the pictures that the README and
 * docs/ui.md show: {@code -Dflamelake.update-screenshot} puts them into docs/images. Skipped where
 * there is no Chromium (Debian: {@code apt-get install chromium chromium-driver}).
 */
class UiScreenshotITCase extends BaseUiITCase {
  private static final Path PUBLISHED = Path.of("..", "docs", "images");
  private static final String SEARCHED = "compress/flate";

  private UiOracle oracle;

  @BeforeAll
  void push() {
    FlamelakeClient client = new FlamelakeClient(server, null);
    UiProfiles.pushTenMinutes(client);
    oracle = new UiOracle(client);
  }

  @Test
  void showsTheFirstServiceAtOnce() throws IOException {
    browser.open(server, "");
    assertThat(browser.selected(browser.side("left", "service"))).isEqualTo(UiProfiles.SERVICE);
    assertThat(browser.selected(browser.side("left", "type"))).isEqualTo("process_cpu · cpu");
    assertThat(browser.all("#left .plot canvas")).isNotEmpty();
    assertThat(browser.colors("left")).as("colours in the flame graph").isGreaterThan(8);
    assertThat(browser.rows("left")).hasSizeGreaterThan(20);

    takeScreenshot("flamegraph.png");
  }

  @Test
  void showsADiffInColours() throws IOException {
    String pods = "&selector=pod%%3D%%22%s%%22&right-selector=pod%%3D%%22%s%%22";
    String query = pods.formatted(UiProfiles.PODS.get(0), UiProfiles.PODS.get(2));
    browser.open(server, "?view=diff" + query);
    assertThat(browser.colors("left")).as("colours in the flame graph").isGreaterThan(8);

    takeScreenshot("diff.png");
  }

  @Test
  void zoomsByClickAndComesBackByEscape() {
    browser.open(server, "");
    browser.clickBar("left", 2);
    UiBrowser.await(() -> browser.crumbs("left").size() == 3);
    assertThat(browser.url()).contains("frame=");

    browser.reload();
    assertThat(browser.crumbs("left")).as("after a reload").hasSize(3);

    browser.pressShortcut(Keys.ESCAPE.toString());
    UiBrowser.await(() -> browser.crumbs("left").size() == 1);
    assertThat(browser.url()).doesNotContain("frame=");
  }

  @Test
  void findsFramesAndSaysTheirShare() {
    browser.open(server, oracle.query());
    browser.pressShortcut("/");
    assertThat(browser.focusedId()).isEqualTo("search");
    browser.press(SEARCHED);

    String matched = browser.panel("left", "matched").getText();
    assertThat(matched).matches("matched [\\d.]+ % \\(.*\\)");
    double percent = Double.parseDouble(matched.split(" ", -1)[1]);
    assertThat(percent).isCloseTo(expectedPercent(), within(0.051));
    assertThat(browser.url()).contains("search=");
  }

  @Test
  void narrowsByTimeAndGoesBack() {
    browser.open(server, "");
    String whole = browser.note("left");
    browser.dragOverTimeline("left");
    UiBrowser.await(() -> !browser.note("left").equals(whole));
    assertThat(browser.selected(browser.side("left", "range"))).isEqualTo("Custom…");
    assertThat(browser.url()).containsPattern("from=\\d+&until=\\d+");
    assertThat(browser.side("left", "zoom-out").isDisplayed()).isTrue();

    browser.back();
    UiBrowser.await(
        () -> browser.selected(browser.side("left", "range")).equals("Last 15 minutes"));
  }

  /** The share of the CPU time that is spent below a function of that name. */
  private double expectedPercent() {
    long matched = 0;
    long total = 0;
    for (Map.Entry<List<String>, Long> stack : oracle.stacks("").entrySet()) {
      boolean matches = stack.getKey().stream().anyMatch(name -> name.contains(SEARCHED));
      total += stack.getValue();
      matched += matches ? stack.getValue() : 0;
    }

    return 100.0 * matched / total;
  }

  private void takeScreenshot(String name) throws IOException {
    Path taken = Path.of("target", name);
    Files.copy(browser.screenshot().toPath(), taken, StandardCopyOption.REPLACE_EXISTING);
    if (System.getProperty("flamelake.update-screenshot") != null) {
      Files.createDirectories(PUBLISHED);
      Files.copy(taken, PUBLISHED.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
