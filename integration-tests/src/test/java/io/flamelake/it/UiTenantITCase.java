/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The choice of tenants, on a server that keeps them apart. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UiTenantITCase {
  private FlamelakeProcess server;
  private UiBrowser browser;

  @BeforeAll
  void start(@TempDir Path dir) {
    UiBrowser.assumeInstalled();
    server = FlamelakeProcess.start(dir.resolve("data"), "-auth.multitenancy-enabled=true");
    UiProfiles.pushOne(new FlamelakeClient(server, "team-a"), "shop");
    UiProfiles.pushOne(new FlamelakeClient(server, "team-b"), "warehouse");
    browser = UiBrowser.start(dir);
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }

    if (server != null) {
      server.close();
    }
  }

  @Test
  void asksForATenantAndShowsOnlyItsServices() {
    browser.load(server, "");
    WebElement error = browser.id("error");
    UiBrowser.await(error::isDisplayed);
    assertThat(error.getText()).contains("unauthenticated", "X-Scope-OrgID");
    assertThat(browser.focusedId()).isEqualTo("tenant");

    browser.enter(browser.id("tenant"), "team-a");
    browser.awaitFlameGraph();
    assertThat(error.isDisplayed()).isFalse();
    assertThat(services()).containsExactly("shop");
    assertThat(browser.url()).contains("tenant=team-a");

    browser.load(server, "");
    browser.awaitFlameGraph();
    assertThat(browser.url()).as("remembered by the browser").contains("tenant=team-a");

    browser.open(server, "?tenant=team-a%7Cteam-b");
    assertThat(services()).containsExactly("shop", "warehouse");
  }

  private List<String> services() {
    return browser.side("left", "service").findElements(By.tagName("option")).stream()
        .map(WebElement::getText)
        .toList();
  }
}
