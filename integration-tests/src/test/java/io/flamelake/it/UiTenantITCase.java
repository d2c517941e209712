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
import org.openqa.selenium.WebElement;

/** The choice of tenants, on a server that keeps them apart. */
class UiTenantITCase extends BaseUiITCase {
  UiTenantITCase() {
    super("-auth.multitenancy-enabled=true");
  }

  @Override
  boolean expectsRefusals() {
    return true;
  }

  @BeforeAll
  void push() {
    UiProfiles.pushOne(new FlamelakeClient(server, "team-a"), "shop");
    UiProfiles.pushOne(new FlamelakeClient(server, "team-b"), "warehouse");
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
