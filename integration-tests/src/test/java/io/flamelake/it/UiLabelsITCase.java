/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Choosing by labels: the browser of labels, proposals, the grouped timeline, hostile names. */
class UiLabelsITCase extends BaseUiITCase {
  private static final String HOSTILE_SERVICE = "<b>evil</b>";
  private static final String HOSTILE = "<img src=x onerror=alert(1)>";

  private UiOracle oracle;

  @BeforeAll
  void push() {
    FlamelakeClient client = new FlamelakeClient(server, null);
    UiProfiles.pushTenMinutes(client);
    UiProfiles.pushHostile(client, HOSTILE_SERVICE, HOSTILE);
    oracle = new UiOracle(client);
  }

  @Test
  void addsAndTakesAwayMatchersByClick() {
    browser.open(server, oracle.query("service", UiProfiles.SERVICE));
    String whole = browser.note("left");
    String pod = UiProfiles.PODS.get(0);
    browser.side("left", "browse").click();
    clickWhenThere(browserButton("pod"));
    browser.one("#left .browser-values input").sendKeys(pod.substring(pod.length() - 4));
    UiBrowser.await(() -> browser.all("#left .value-line").size() == 1);

    browser.one("#left .value-line button:last-child").click();
    await(oracle.total("pod!=\"" + pod + "\""));
    assertThat(typed()).isEqualTo("pod!=\"" + pod + "\"");

    browser.one("#left .value-line button:first-child").click();
    await(oracle.total(UiProfiles.ofPod(0)));
    assertThat(typed()).isEqualTo(UiProfiles.ofPod(0));

    browser.one("#left .value-line button:first-child").click();
    UiBrowser.await(() -> browser.note("left").equals(whole));
    assertThat(typed()).isEmpty();
  }

  @Test
  void groupsTheTimelineAndPicksASeries() {
    browser.open(server, oracle.query("service", UiProfiles.SERVICE));
    browser.choose(browser.side("left", "group"), "pod");
    UiBrowser.await(() -> browser.all("#left .legend button").size() == UiProfiles.PODS.size());
    for (int pod = 0; pod < UiProfiles.PODS.size(); pod++) {
      String name = UiProfiles.PODS.get(pod);
      WebElement entry = browser.one("#left .legend button[data-value='" + name + "']");
      assertThat(entry.getText().replaceAll(" +", " "))
          .isEqualTo(name + " " + UiOracle.duration(oracle.total(UiProfiles.ofPod(pod))));
    }

    browser.one("#left .legend button[data-value='" + UiProfiles.PODS.get(1) + "']").click();
    await(oracle.total(UiProfiles.ofPod(1)));
    assertThat(browser.url()).contains("group=pod");
  }

  @Test
  void proposesNamesAndValuesWhileTyping() {
    browser.open(server, oracle.query("service", UiProfiles.SERVICE));
    WebElement input = browser.side("left", "selector");
    input.sendKeys("po");
    UiBrowser.await(() -> proposals().equals(List.of("pod")));
    input.sendKeys(Keys.ARROW_DOWN, Keys.ENTER);
    assertThat(typed()).isEqualTo("pod=\"");
    UiBrowser.await(() -> proposals().size() == UiProfiles.PODS.size());
    String pod = UiProfiles.PODS.get(2);
    input.sendKeys(pod.substring(0, pod.length() - 1));
    UiBrowser.await(() -> proposals().equals(List.of(pod)));
    input.sendKeys(Keys.ARROW_DOWN, Keys.ENTER);
    assertThat(typed()).isEqualTo(UiProfiles.ofPod(2));
    input.sendKeys(Keys.ENTER);
    await(oracle.total(UiProfiles.ofPod(2)));
  }

  @Test
  void saysInPlaceWhatIsWrongWithASelector() {
    browser.open(server, oracle.query("service", UiProfiles.SERVICE));
    WebElement input = browser.side("left", "selector");
    input.sendKeys("region=\"eu\", pod~");
    WebElement hint = browser.side("left", "selector-hint");
    UiBrowser.await(hint::isDisplayed);
    assertThat(hint.getText()).endsWith("pod~");
    assertThat(input.getDomAttribute("aria-invalid")).isEqualTo("true");

    browser.enter(input, "pod=~\"(\"");
    WebElement problem = browser.side("left", "problem");
    UiBrowser.await(problem::isDisplayed);
    assertThat(problem.getText()).contains("invalid_argument").hasSizeGreaterThan(30);
    // The browser itself logs the refused requests.
    assertThat(browser.errors()).isNotEmpty().allMatch(line -> line.contains("400"));

    browser.enter(input, "");
    UiBrowser.await(() -> !problem.isDisplayed());
    browser.awaitFlameGraph();
    // Proposals were asked for as well while the selector was wrong.
    assertThat(browser.errors()).allMatch(line -> line.contains("400"));
  }

  @Test
  void showsMarkupInNamesAsText() {
    browser.open(server, "?service=" + HOSTILE_SERVICE.replace("<", "%3C").replace(">", "%3E"));
    assertThat(browser.side("left", "timeline-title").getText()).startsWith(HOSTILE_SERVICE);
    browser.panel("left", "filter").sendKeys(HOSTILE);
    UiBrowser.await(() -> !browser.rows("left").isEmpty());
    assertThat(browser.rows("left")).allMatch(row -> row.get(0).startsWith(HOSTILE));
    browser.hoverBar("left", 1);
    assertThat(browser.id("tooltip").getText()).startsWith(HOSTILE);
    browser.choose(browser.side("left", "group"), "pod");
    UiBrowser.await(() -> !browser.all("#left .legend button").isEmpty());
    assertThat(browser.one("#left .legend button").getText()).startsWith(HOSTILE);
    browser.side("left", "browse").click();
    UiBrowser.await(() -> browser.all("#left .value-line").size() == 1);
    assertThat(browser.one("#left .value-line button").getText()).isEqualTo(HOSTILE);
    assertThat(browser.all("main img, main b, #tooltip img")).isEmpty();
  }

  private void clickWhenThere(By button) {
    UiBrowser.await(() -> !browser.one("#left").findElements(button).isEmpty());
    browser.one("#left").findElement(button).click();
  }

  private static By browserButton(String text) {
    return By.xpath(".//*[contains(@class, 'browser-names')]//button[text()='" + text + "']");
  }

  private void await(long total) {
    String expected = UiOracle.duration(total) + " in total";
    UiBrowser.await(() -> browser.note("left").startsWith(expected));
  }

  private String typed() {
    return String.valueOf(browser.side("left", "selector").getDomProperty("value"));
  }

  private List<String> proposals() {
    return browser.all("#left .proposals > div").stream().map(WebElement::getText).toList();
  }
}
