/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page in headless Chromium, used as a person does. */
final class UiBrowser implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UiBrowser.class);
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path CHROMEDRIVER = Path.of("/usr/bin/chromedriver");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Bars of the flame graph are this high; the first is the total. */
  private static final int ROW = 20;

  private final ChromeDriver driver;

  private UiBrowser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Skips the test where there is no Chromium (Debian: chromium and chromium-driver). */
  static void assumeInstalled() {
    boolean isInstalled = Files.isExecutable(CHROMIUM) && Files.isExecutable(CHROMEDRIVER);
    if (!isInstalled) {
      LOG.warn("The page is not tested: no {} or no {}", CHROMIUM, CHROMEDRIVER);
    }

    assumeTrue(isInstalled, "Needs chromium and chromium-driver");
  }

  /** Starts Chromium; files that the page offers land in {@code downloads}. */
  static UiBrowser start(Path downloads) {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--force-device-scale-factor=1.5");
    options.setExperimentalOption(
        "prefs", Map.of("download.default_directory", downloads.toAbsolutePath().toString()));
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(CHROMEDRIVER.toFile()).build();
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.manage().window().setSize(new Dimension(1440, 1000));
    return new UiBrowser(driver);
  }

  /** Opens a page and waits for its flame graph. */
  void open(FlamelakeProcess server, String query) {
    load(server, query);
    awaitFlameGraph();
  }

  /** Opens a page. */
  void load(FlamelakeProcess server, String query) {
    driver.get(server.uri("/" + query).toString());
  }

  /** Loads the same URL again and waits for its flame graph. */
  void reload() {
    driver.navigate().refresh();
    awaitFlameGraph();
  }

  void back() {
    driver.navigate().back();
  }

  void forward() {
    driver.navigate().forward();
  }

  String url() {
    return driver.getCurrentUrl();
  }

  void resize(int width, int height) {
    driver.manage().window().setSize(new Dimension(width, height));
  }

  /** Waits until the last query is answered and the flame graph of the left side shown. */
  void awaitFlameGraph() {
    awaitIdle();
    await(() -> !crumbs("left").isEmpty());
  }

  /** Waits until no query is under way. */
  void awaitIdle() {
    await(
        () ->
            isTrue(
                """
                const main = document.getElementById('main');
                return main !== null && main.getAttribute('aria-busy') === 'false';
                """));
  }

  WebElement id(String id) {
    return driver.findElement(By.id(id));
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  WebElement one(String css) {
    return driver.findElement(By.cssSelector(css));
  }

  /** An element of a side's question and timeline. */
  WebElement side(String side, String part) {
    return one("#" + side + " [data-part=" + part + "]");
  }

  /** An element of a side's flame graph and table. */
  WebElement panel(String side, String part) {
    return one("#" + side + "-panel [data-part=" + part + "]");
  }

  List<WebElement> crumbs(String side) {
    return all("#" + side + "-panel [data-part=breadcrumb] button");
  }

  /** What the timeline says of the total. */
  String note(String side) {
    return side(side, "timeline-note").getText();
  }

  String selected(WebElement select) {
    return select.findElement(By.cssSelector("option:checked")).getText();
  }

  void choose(WebElement select, String value) {
    select.findElement(By.cssSelector("option[value='" + value + "']")).click();
  }

  /** Types at the page itself, or at what has the focus. */
  void press(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /** Presses a key as a shortcut, outside of every field. */
  void pressShortcut(String key) {
    driver.executeScript("document.activeElement?.blur();");
    one("body").sendKeys(key);
  }

  String focusedId() {
    return String.valueOf(driver.switchTo().activeElement().getDomAttribute("id"));
  }

  void clickBar(String side, int depth) {
    moveToBar(side, depth).click().perform();
  }

  /** Opens the menu of a bar that lies in the middle. */
  void openMenuOfBar(String side, int depth) {
    moveToBar(side, depth).contextClick().perform();
    await(id("menu")::isDisplayed);
  }

  void hoverBar(String side, int depth) {
    moveToBar(side, depth).perform();
    await(id("tooltip")::isDisplayed);
  }

  private Actions moveToBar(String side, int depth) {
    WebElement canvas = panel(side, "canvas");
    int fromMiddle = depth * ROW + ROW / 2 - canvas.getSize().getHeight() / 2;
    return new Actions(driver).moveToElement(canvas, 0, fromMiddle);
  }

  /** Drags over a quarter of a side's timeline, right of its middle. */
  void dragOverTimeline(String side) {
    WebElement plot = one("#" + side + " .u-over");
    int width = plot.getSize().getWidth();
    new Actions(driver)
        .moveToElement(plot, width / 6, 0)
        .clickAndHold()
        .moveByOffset(width / 8, 0)
        .moveByOffset(width / 8, 0)
        .release()
        .perform();
  }

  void clickMenuItem(String caption) {
    driver.findElement(By.xpath("//*[@id='menu']//button[text()='" + caption + "']")).click();
  }

  /** Replaces the text of a field and presses Enter. */
  void enter(WebElement field, String text) {
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
    field.sendKeys(text, Keys.ENTER);
  }

  /** The rows of a side's table that are in sight, as the texts of their cells. */
  @SuppressWarnings("unchecked") // The script returns lists of strings.
  List<List<String>> rows(String side) {
    return (List<List<String>>)
        driver.executeScript(
            """
            const rows = document.querySelectorAll(`#${arguments[0]}-panel tbody tr:not(.gap)`);
            return [...rows].map((row) => [row.title,
                ...[...row.cells].slice(1).map((cell) => cell.textContent)]);
            """,
            side);
  }

  /** How many different colours a side's flame graph has. */
  long colors(String side) {
    Object colors =
        driver.executeScript(
            """
            const canvas = document.querySelector(`#${arguments[0]}-panel canvas`);
            const data = canvas.getContext('2d')
                .getImageData(0, 0, canvas.width, canvas.height).data;
            const colors = new Set();
            for (let i = 0; i < data.length; i += 4 * 97) {
              colors.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
            }
            return colors.size;
            """,
            side);
    return (Long) colors;
  }

  boolean isTrue(String script) {
    return Boolean.TRUE.equals(driver.executeScript(script));
  }

  /** The errors that the browser logged since this was asked last. */
  List<String> errors() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  File screenshot() {
    return driver.getScreenshotAs(OutputType.FILE);
  }

  /** The page replaces its elements: what was found a moment ago may be gone. */
  static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreException(StaleElementReferenceException.class)
        .until(condition);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
