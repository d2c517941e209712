/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.testkit.BruteForce;
import io.flamelake.testkit.TestProfiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
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

/**
 * Uses the page as a person does, in headless Chromium, and takes the picture that the README
 * shows: {@code -Dflamelake.update-screenshot} puts it into docs/images. Skipped where there is no
 * Chromium (Debian: {@code apt-get install chromium chromium-driver}).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UiScreenshotITCase {
  private static final Logger LOG = LoggerFactory.getLogger(UiScreenshotITCase.class);
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path CHROMEDRIVER = Path.of("/usr/bin/chromedriver");
  private static final Path SCREENSHOT = Path.of("target", "flamegraph.png");
  private static final Path PUBLISHED = Path.of("..", "docs", "images", "flamegraph.png");
  private static final String SERVICE = "shop";
  private static final String SEARCHED = "compress/flate";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Bars of the flame graph are this high; the first is the total. */
  private static final int ROW = 20;

  private static final String[] PODS = {"shop-6d4f9-2xkqp", "shop-6d4f9-8hw5m", "shop-6d4f9-zt7vn"};

  private final Profile profile = TestProfiles.parse(TestProfiles.goCpu());
  private FlamelakeProcess server;
  private ChromeDriver browser;

  @BeforeAll
  void start(@TempDir Path dir) {
    boolean hasBrowser = Files.isExecutable(CHROMIUM) && Files.isExecutable(CHROMEDRIVER);
    if (!hasBrowser) {
      LOG.warn("The page is not tested: no {} or no {}", CHROMIUM, CHROMEDRIVER);
    }

    assumeTrue(hasBrowser, "Needs chromium and chromium-driver");
    server = FlamelakeProcess.start(dir.resolve("data"));
    pushTenMinutes();
    browser = newBrowser();
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.quit();
    }

    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void open() {
    browser.get(server.uri("/").toString());
    awaitFlameGraph();
  }

  @Test
  void showsTheFirstServiceAtOnce() throws IOException {
    assertThat(selected("service")).isEqualTo(SERVICE);
    assertThat(selected("type")).isEqualTo("process_cpu · cpu");
    assertThat(browser.findElements(By.cssSelector("#timeline canvas"))).isNotEmpty();
    assertThat(colorsOfCanvas()).as("colours in the flame graph").isGreaterThan(8);
    assertThat(browser.findElements(By.cssSelector("#table tbody tr"))).hasSizeGreaterThan(20);
    assertThat(severeLogs()).isEmpty();

    takeScreenshot();
  }

  @Test
  void zoomsByClickAndComesBackByEscape() {
    clickBar(2);
    assertThat(crumbs()).hasSize(3);
    assertThat(browser.getCurrentUrl()).contains("frame=");

    browser.navigate().refresh();
    awaitFlameGraph();
    assertThat(crumbs()).as("after a reload").hasSize(3);

    browser.findElement(By.tagName("body")).sendKeys(Keys.ESCAPE);
    await(() -> crumbs().size() == 1);
    assertThat(browser.getCurrentUrl()).doesNotContain("frame=");
  }

  @Test
  void findsFramesAndSaysTheirShare() {
    browser.findElement(By.tagName("body")).sendKeys("/");
    WebElement search = browser.switchTo().activeElement();
    assertThat(search.getDomAttribute("id")).isEqualTo("search");
    search.sendKeys(SEARCHED);

    String matched = browser.findElement(By.id("matched")).getText();
    assertThat(matched).matches("matched [\\d.]+ % \\(.*\\)");
    double percent = Double.parseDouble(matched.split(" ", -1)[1]);
    assertThat(percent).isCloseTo(expectedPercent(SEARCHED), within(0.2));
    assertThat(browser.getCurrentUrl()).contains("search=");
  }

  @Test
  void narrowsByLabelsAndByTime() {
    String whole = note();
    browser.findElement(By.id("browse")).click();
    By value = By.xpath("//*[@id='browser']//button[text()='" + PODS[0] + "']");
    By name = By.xpath("//*[@id='browser']//button[text()='pod']");
    await(() -> !browser.findElements(name).isEmpty());
    browser.findElement(name).click();
    await(() -> !browser.findElements(value).isEmpty());
    browser.findElement(value).click();
    await(() -> !note().equals(whole));
    assertThat(browser.findElement(By.id("selector")).getDomProperty("value"))
        .isEqualTo("pod=\"" + PODS[0] + "\"");

    browser.findElement(By.id("timeline-title")).click();
    String ofPod = note();
    WebElement plot = browser.findElement(By.cssSelector("#timeline .u-over"));
    int width = plot.getSize().getWidth();
    new Actions(browser)
        .moveToElement(plot, width / 6, 0)
        .clickAndHold()
        .moveByOffset(width / 8, 0)
        .moveByOffset(width / 8, 0)
        .release()
        .perform();
    await(() -> !note().equals(ofPod));
    assertThat(selected("range")).isEqualTo("Custom…");
    assertThat(browser.getCurrentUrl()).containsPattern("from=\\d+&until=\\d+");

    browser.navigate().back();
    await(() -> note().equals(ofPod));
  }

  @Test
  void saysInWordsWhatIsWrongWithASelector() {
    WebElement selector = browser.findElement(By.id("selector"));
    selector.sendKeys("pod=~\"(\"", Keys.ENTER);
    WebElement error = browser.findElement(By.id("error"));
    await(error::isDisplayed);
    assertThat(error.getText()).contains("invalid_argument").hasSizeGreaterThan(30);

    selector.clear();
    selector.sendKeys(Keys.ENTER);
    await(() -> !error.isDisplayed());
  }

  /** Three pods, a profile each every 15 s, with a load that comes and goes. */
  private void pushTenMinutes() {
    FlamelakeClient client = new FlamelakeClient(server, null);
    Instant end = Instant.now();
    for (int pod = 0; pod < PODS.length; pod++) {
      RawProfileSeries.Builder series =
          RawProfileSeries.newBuilder()
              .addLabels(label("service_name", SERVICE))
              .addLabels(label("__name__", "process_cpu"))
              .addLabels(label("pod", PODS[pod]))
              .addLabels(label("region", pod == 0 ? "eu-north-1" : "eu-west-3"));
      for (int slot = 0; slot < 56; slot++) {
        double load = 1 + 0.45 * Math.sin(slot / 7.0 + pod) + 0.2 * Math.sin(slot * 1.7 + pod);
        Instant time = end.minusSeconds(15L * slot + 5);
        series.addSamples(
            RawSample.newBuilder()
                .setID(UUID.randomUUID().toString())
                .setRawProfile(scaled(load, time).toByteString()));
      }

      client.call(
          "push.v1.PusherService/Push",
          PushRequest.newBuilder().addSeries(series).build(),
          PushResponse.getDefaultInstance());
    }
  }

  private Profile scaled(double load, Instant time) {
    Profile.Builder scaled = profile.toBuilder();
    scaled.setTimeNanos(TimeUnit.SECONDS.toNanos(time.getEpochSecond()));
    for (Sample.Builder sample : scaled.getSampleBuilderList()) {
      for (int i = 0; i < sample.getValueCount(); i++) {
        sample.setValue(i, Math.round(sample.getValue(i) * load));
      }
    }

    return scaled.build();
  }

  private static LabelPair label(String name, String value) {
    return LabelPair.newBuilder().setName(name).setValue(value).build();
  }

  /** The share of the CPU time that is spent below a function of that name. */
  private static double expectedPercent(String part) {
    long matched = 0;
    long total = 0;
    for (Map.Entry<String, Long> stack :
        BruteForce.foldedStacks(List.of(TestProfiles.goCpu()), "cpu").entrySet()) {
      total += stack.getValue();
      matched += stack.getKey().contains(part) ? stack.getValue() : 0;
    }

    return 100.0 * matched / total;
  }

  private static ChromeDriver newBrowser() {
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
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(CHROMEDRIVER.toFile()).build();
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.manage().window().setSize(new Dimension(1440, 1000));
    return driver;
  }

  private void awaitFlameGraph() {
    WebElement panel = browser.findElement(By.id("flame-panel"));
    await(() -> panel.isDisplayed() && !crumbs().isEmpty());
  }

  private void clickBar(int depth) {
    WebElement canvas = browser.findElement(By.id("canvas"));
    int fromMiddle = depth * ROW + ROW / 2 - canvas.getSize().getHeight() / 2;
    new Actions(browser).moveToElement(canvas, 0, fromMiddle).click().perform();
  }

  private List<WebElement> crumbs() {
    return browser.findElements(By.cssSelector("#breadcrumb button"));
  }

  private String note() {
    return browser.findElement(By.id("timeline-note")).getText();
  }

  private String selected(String id) {
    return browser.findElement(By.cssSelector("#" + id + " option:checked")).getText();
  }

  private long colorsOfCanvas() {
    Object colors =
        browser.executeScript(
            """
            const canvas = document.getElementById('canvas');
            const data = canvas.getContext('2d')
                .getImageData(0, 0, canvas.width, canvas.height).data;
            const colors = new Set();
            for (let i = 0; i < data.length; i += 4 * 97) {
              colors.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
            }
            return colors.size;
            """);
    return (Long) colors;
  }

  private List<String> severeLogs() {
    return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  private void takeScreenshot() throws IOException {
    File taken = browser.getScreenshotAs(OutputType.FILE);
    Files.copy(taken.toPath(), SCREENSHOT, StandardCopyOption.REPLACE_EXISTING);
    if (System.getProperty("flamelake.update-screenshot") != null) {
      Files.createDirectories(PUBLISHED.getParent());
      Files.copy(SCREENSHOT, PUBLISHED, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** The page replaces its elements: what was found a moment ago may be gone. */
  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreException(StaleElementReferenceException.class)
        .until(condition);
  }
}
