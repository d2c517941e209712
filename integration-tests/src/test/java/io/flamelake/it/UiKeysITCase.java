/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The keyboard, the exports, and small windows. */
class UiKeysITCase extends BaseUiITCase {
  private UiOracle oracle;

  @BeforeAll
  void push() {
    FlamelakeClient client = new FlamelakeClient(server, null);
    UiProfiles.pushTenMinutes(client);
    oracle = new UiOracle(client);
  }

  @Test
  void movesInTheFlameGraphByArrows() {
    browser.open(server, oracle.query());
    browser.pressShortcut("g");
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN);
    String second = browser.panel("left", "announcer").getDomProperty("textContent");
    browser.press(Keys.ENTER);
    UiBrowser.await(() -> browser.crumbs("left").size() == 3);
    assertThat(browser.crumbs("left").get(2).getDomAttribute("title")).isEqualTo(second);
    browser.press(Keys.ARROW_UP, Keys.ENTER);
    UiBrowser.await(() -> browser.crumbs("left").size() == 2);
    browser.pressShortcut(Keys.ESCAPE.toString());
    UiBrowser.await(() -> browser.crumbs("left").size() == 1);
    assertThat(browser.url()).doesNotContain("frame=");
  }

  @Test
  void changesLayoutThemeAndTimeByKeys() {
    browser.open(server, oracle.query());
    WebElement flame = browser.panel("left", "flame");
    WebElement table = browser.panel("left", "table");
    browser.pressShortcut("t");
    UiBrowser.await(() -> !flame.isDisplayed() && table.isDisplayed());
    browser.pressShortcut("f");
    UiBrowser.await(() -> flame.isDisplayed() && !table.isDisplayed());
    browser.pressShortcut("b");
    UiBrowser.await(() -> flame.isDisplayed() && table.isDisplayed());

    String page = browser.one("body").getCssValue("background-color");
    browser.pressShortcut("d");
    UiBrowser.await(() -> !browser.one("body").getCssValue("background-color").equals(page));
    browser.pressShortcut("d");
    UiBrowser.await(() -> browser.one("body").getCssValue("background-color").equals(page));

    String until = parameter("until");
    browser.pressShortcut("[");
    UiBrowser.await(() -> !parameter("until").equals(until));
    assertThat(Long.parseLong(parameter("until"))).isEqualTo(Long.parseLong(until) - 900_000);
    browser.pressShortcut("]");
    UiBrowser.await(() -> parameter("until").equals(until));
    browser.awaitFlameGraph();

    browser.pressShortcut("?");
    UiBrowser.await(browser.id("keys")::isDisplayed);
    assertThat(browser.id("keys").getText()).contains("Search frames", "Dark or light");
    browser.press(Keys.ESCAPE);
    UiBrowser.await(() -> !browser.id("keys").isDisplayed());
    browser.pressShortcut("/");
    assertThat(browser.focusedId()).isEqualTo("search");
  }

  @ParameterizedTest
  @ValueSource(ints = {800, 1280})
  void needsNoScrollingToTheSide(int width) {
    browser.resize(width, 900);
    for (String view : List.of("single", "compare", "diff")) {
      browser.open(server, oracle.query("view", view));
      assertThat(browser.isTrue("return document.body.scrollWidth <= innerWidth"))
          .as("%s fits into %d pixels", view, width)
          .isTrue();
      assertThat(browser.colors("left")).isGreaterThan(3);
    }

    browser.resize(1440, 1000);
  }

  @Test
  void exportsTheMergedProfileAndPictures() throws IOException {
    browser.open(server, oracle.query("selector", UiProfiles.ofPod(0)));
    assertThat(export("Collapsed stacks", "shop-cpu.collapsed.txt"))
        .isEqualTo(oracle.render(UiProfiles.ofPod(0), "collapsed"));
    assertThat(export("speedscope", "shop-cpu.speedscope.json"))
        .contains("speedscope.app/file-format-schema.json", "main.(*shop).search");
    assertThat(export("Graphviz dot", "shop-cpu.dot")).startsWith("digraph");
    assertThat(export("JSON", "shop-cpu.json")).contains("\"flamebearer\"");
    assertThat(export("Picture, SVG", "shop-cpu.svg"))
        .startsWith("<svg")
        .contains("main.(*shop).search");
    assertThat(bytes("Picture, PNG", "shop-cpu.png")).startsWith(0x89, 'P', 'N', 'G');
    assertThat(bytes("pprof", "shop-cpu.pb.gz")).startsWith(0x1f, 0x8b);
  }

  private String export(String caption, String file) throws IOException {
    return new String(bytes(caption, file), StandardCharsets.UTF_8);
  }

  private byte[] bytes(String caption, String file) throws IOException {
    browser.panel("left", "export").click();
    browser.clickMenuItem(caption);
    Path path = downloads.resolve(file);
    // Chromium writes to another name and renames.
    UiBrowser.await(() -> Files.exists(path) && Files.size(path) > 0);
    return Files.readAllBytes(path);
  }

  private String parameter(String name) {
    return browser.url().replaceFirst(".*[?&]" + name + "=([^&]*).*", "$1");
  }
}
