/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Two questions side by side, their difference, and call sites, against the answers of the API. */
class UiComparisonITCase extends BaseUiITCase {
  private UiOracle oracle;

  @BeforeAll
  void push() {
    FlamelakeClient client = new FlamelakeClient(server, null);
    UiProfiles.pushTenMinutes(client);
    oracle = new UiOracle(client);
  }

  @Test
  void showsTwoQuestionsSideBySide() {
    browser.open(
        server,
        oracle.query(
            "view",
            "compare",
            "selector",
            UiProfiles.ofPod(0),
            "right-selector",
            UiProfiles.ofPod(2)));

    long left = oracle.total(UiProfiles.ofPod(0));
    long right = oracle.total(UiProfiles.ofPod(2));
    assertThat(left).isNotEqualTo(right);
    assertThat(browser.note("left")).startsWith(UiOracle.duration(left) + " in total");
    assertThat(browser.note("right")).startsWith(UiOracle.duration(right) + " in total");
    assertThat(browser.colors("left")).isGreaterThan(8);
    assertThat(browser.colors("right")).isGreaterThan(8);

    browser.clickBar("left", 1);
    UiBrowser.await(() -> browser.crumbs("left").size() == 2);
    assertThat(browser.crumbs("right")).as("zoom is shared").hasSize(2);

    String type = "process_cpu:samples:count:cpu:nanoseconds";
    browser.choose(browser.side("right", "type"), type);
    UiBrowser.await(() -> !browser.note("right").contains("min"));
    assertThat(browser.note("left")).startsWith(UiOracle.duration(left));
    browser.reload();
    assertThat(browser.selected(browser.side("right", "type"))).isEqualTo("process_cpu · samples");
  }

  @Test
  void showsWhatChanged() {
    String before = UiProfiles.ofPod(0);
    String after = UiProfiles.ofPod(2);
    browser.open(server, oracle.query("view", "diff", "selector", before, "right-selector", after));
    assertThat(browser.note("left")).startsWith(UiOracle.duration(oracle.total(before)));
    assertThat(browser.note("right")).startsWith(UiOracle.duration(oracle.total(after)));
    assertThat(browser.panel("left", "diff-legend").isDisplayed()).isTrue();

    List<List<String>> rows = browser.rows("left");
    assertThat(rows).hasSizeGreaterThan(15);
    for (List<String> row : rows.subList(0, 15)) {
      double left = oracle.percentOf(before, row.get(0));
      double right = oracle.percentOf(after, row.get(0));
      assertThat(number(row.get(1))).as(row.get(0)).isCloseTo(left, within(0.051));
      assertThat(number(row.get(2))).as(row.get(0)).isCloseTo(right, within(0.051));
      assertThat(number(row.get(3))).as(row.get(0)).isCloseTo(right - left, within(0.051));
    }

    assertThat(rows.get(0).get(0)).as("what grew most").startsWith("regexp.");

    browser.hoverBar("left", 1);
    String tooltip = browser.id("tooltip").getText();
    assertThat(tooltip).contains("Left", "Right", "Change", "%");

    browser.choose(browser.panel("left", "measure"), "self");
    UiBrowser.await(() -> !browser.rows("left").equals(rows));
    browser.back();
    UiBrowser.await(() -> browser.rows("left").equals(rows));
    browser.reload();
    assertThat(browser.rows("left")).isEqualTo(rows);
  }

  @Test
  void restoresAllOfAViewFromItsUrl() {
    browser.open(server, oracle.query());
    assertThat(browser.panel("left", "table-note").getText())
        .isEqualTo(oracle.countFunctions("") + " functions");

    browser.clickBar("left", 2);
    UiBrowser.await(() -> browser.crumbs("left").size() == 3);
    browser.panel("left", "filter").sendKeys("runtime");
    browser.id("search").sendKeys("mallocgc");
    browser.one("#left-panel th:nth-child(4) button").click();
    browser.one("#layout-table").click();
    browser.one("#theme").click();
    assertThat(browser.panel("left", "flame").isDisplayed()).isFalse();
    List<List<String>> rows = browser.rows("left");
    String matched = browser.panel("left", "matched").getText();
    assertThat(rows).isNotEmpty().allMatch(row -> row.get(0).contains("runtime"));
    assertThat(matched).startsWith("matched ");

    browser.reload();
    assertThat(browser.crumbs("left")).hasSize(3);
    assertThat(browser.rows("left")).isEqualTo(rows);
    assertThat(browser.panel("left", "matched").getText()).isEqualTo(matched);
    assertThat(browser.panel("left", "flame").isDisplayed()).isFalse();
    assertThat(browser.url()).contains("theme=dark", "layout=table", "sort=", "filter=", "frame=");

    browser.back();
    UiBrowser.await(browser.panel("left", "flame")::isDisplayed);
    browser.forward();
    UiBrowser.await(() -> !browser.panel("left", "flame").isDisplayed());
  }

  @Test
  void focusesOnACallSiteAndLeavesIt() {
    browser.open(server, oracle.query());
    String whole = browser.note("left");
    browser.openMenuOfBar("left", 3);
    browser.clickMenuItem("Focus on this call site");
    UiBrowser.await(() -> !browser.note("left").equals(whole));

    List<String> path =
        browser.all("#left-panel [data-part=breadcrumb] button").stream()
            .skip(1)
            .map(crumb -> String.valueOf(crumb.getDomAttribute("title")))
            .toList();
    assertThat(path).hasSize(3);
    long total = oracle.totalOfCallSite("", path);
    assertThat(browser.note("left")).startsWith(UiOracle.duration(total) + " in total");

    browser.reload();
    assertThat(browser.note("left")).startsWith(UiOracle.duration(total) + " in total");
    WebElement leave =
        browser.panel("left", "site").findElement(By.cssSelector("[data-part=leave-site]"));
    leave.click();
    UiBrowser.await(() -> browser.note("left").equals(whole));
  }

  @Test
  void highlightsTheFunctionOfARow() {
    browser.open(server, oracle.query());
    List<String> row = browser.rows("left").get(0);
    browser.one("#left-panel tbody tr:not(.gap) button").click();
    UiBrowser.await(() -> !browser.panel("left", "matched").getText().isEmpty());
    String percent = browser.panel("left", "matched").getText().split(" ", -1)[1];
    assertThat(number(percent)).isCloseTo(number(row.get(4)), within(0.01));
    assertThat(number(percent)).isCloseTo(oracle.percentOf("", row.get(0)), within(0.051));
  }

  private static double number(String text) {
    String digits = text.replace(" %", "").replace("< ", "").replace('−', '-');
    return Double.parseDouble(digits);
  }
}
