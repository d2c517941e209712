/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.gateway.relabel.RelabelRules;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LimitsTest {

  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final LabelSet LABELS = LabelSet.of("__name__", "cpu", "service_name", "a");

  @Test
  void hasPyroscopesDefaults() {
    assertThat(Limits.defaults())
        .isEqualTo(
            new Limits(
                268_435_456,
                0,
                2_097_152,
                1024,
                2048,
                30,
                4_194_304,
                16_000,
                100,
                1000,
                65_535,
                0,
                false,
                Duration.ofHours(1),
                Duration.ofMinutes(10),
                Set.of("memory", "mutex", "block"),
                new Relabelling(RelabelRules.NONE, DefaultRulesPosition.FIRST, RelabelRules.NONE),
                new Sampling(Map.of(), Map.of())));
  }

  @Test
  void refillsBucketsAtTheRate() {
    AtomicLong nanos = new AtomicLong();
    TenantRateLimiter limiter = new TenantRateLimiter(nanos::get);
    Limits limits = Limits.defaults().withIngestionRate(100, 50);
    TenantId a = new TenantId("a");

    assertThat(limiter.hasRoom(a, limits, 50)).as("room for a burst").isTrue();
    assertThat(limiter.tryAcquire(a, limits, 50)).as("burst").isTrue();
    assertThat(limiter.hasRoom(a, limits, 1)).as("no room").isFalse();
    assertThat(limiter.tryAcquire(a, limits, 1)).as("empty").isFalse();
    assertThat(limiter.tryAcquire(new TenantId("b"), limits, 50)).as("other tenant").isTrue();
    nanos.addAndGet(100_000_000);
    assertThat(limiter.tryAcquire(a, limits, 11)).as("more than was refilled").isFalse();
    assertThat(limiter.hasRoom(a, limits, 11)).as("room for less").isFalse();
    assertThat(limiter.hasRoom(a, limits, 10)).as("room again").isTrue();
    assertThat(limiter.tryAcquire(a, limits, 10)).as("refilled").isTrue();
    nanos.addAndGet(10_000_000_000L);
    assertThat(limiter.tryAcquire(a, limits, 1000)).as("larger than the bucket").isTrue();
    nanos.addAndGet(1_000_000_000);
    assertThat(limiter.tryAcquire(a, limits, 1)).as("in debt").isFalse();
  }

  @Test
  void takesAnyRateByDefault() {
    TenantRateLimiter limiter = new TenantRateLimiter();

    assertThat(limiter.tryAcquire(TenantId.ANONYMOUS, Limits.defaults(), Long.MAX_VALUE))
        .as("unlimited")
        .isTrue();
  }

  @Test
  void followsRatesThatChange() {
    AtomicLong nanos = new AtomicLong();
    TenantRateLimiter limiter = new TenantRateLimiter(nanos::get);
    Limits slow = Limits.defaults().withIngestionRate(1, 10);
    Limits fast = Limits.defaults().withIngestionRate(100, 50);
    TenantId a = new TenantId("a");

    assertThat(limiter.tryAcquire(a, slow, 10)).isTrue();
    assertThat(limiter.tryAcquire(a, fast, 10)).as("a new rate fills no bucket").isFalse();
    nanos.addAndGet(1_000_000_000);
    assertThat(limiter.tryAcquire(a, fast, 50)).as("refilled at the new rate").isTrue();
    assertThat(limiter.tryAcquire(a, Limits.defaults(), 1_000)).as("no limit any more").isTrue();
  }

  @Test
  void keepsTheIngestionWindowOpenAtBothEnds() {
    IngestionWindow window = new IngestionWindow(Limits.defaults());

    window.check(LABELS, nanos(NOW.minusSeconds(3600)), NOW);
    window.check(LABELS, nanos(NOW.plusSeconds(600)), NOW);
    assertThatThrownBy(() -> window.check(LABELS, nanos(NOW.minusSeconds(3601)), NOW))
        .isInstanceOf(RejectedProfileException.class)
        .hasMessage(
            "profile with labels '{__name__=\"cpu\", service_name=\"a\"}' is outside of ingestion"
                + " window (profile timestamp: 2026-01-31T10:59:59Z, the ingestion window starts at"
                + " 2026-01-31T11:00:00Z and ends at 2026-01-31T12:10:00Z)");
    assertThatThrownBy(() -> window.check(LABELS, nanos(NOW.plusSeconds(601)), NOW))
        .isInstanceOf(RejectedProfileException.class);
  }

  @Test
  void takesAnyTimeSince1970WithoutAWindow() {
    IngestionWindow window = new IngestionWindow(Limits.defaults().withoutIngestionWindow());

    window.check(LABELS, 1, NOW);
    window.check(LABELS, Long.MAX_VALUE, NOW);
    assertThatThrownBy(() -> window.check(LABELS, -1, NOW))
        .isInstanceOf(RejectedProfileException.class);
  }

  @Test
  void keepsErrorMessagesShort() {
    LabelRules rules = new LabelRules(Limits.defaults());
    LabelSet labels = LABELS.with("long", "x".repeat(100_000));

    assertThatThrownBy(() -> rules.validate(labels))
        .isInstanceOfSatisfying(
            RejectedProfileException.class,
            e -> assertThat(e.reason()).isEqualTo(DiscardReason.LABEL_VALUE_TOO_LONG))
        .satisfies(e -> assertThat(String.valueOf(e.getMessage())).hasSizeLessThan(1200));
  }

  @Test
  void refusesHalvesOfSurrogatePairs() {
    LabelRules rules = new LabelRules(Limits.defaults());

    rules.validate(LABELS.with("emoji", "\ud83d\ude00"));
    for (String half : List.of("\ud83d", "x\ude00", "\ude00\ud83d")) {
      assertThatThrownBy(() -> rules.validate(LABELS.with("half", half)))
          .isInstanceOf(RejectedProfileException.class)
          .hasMessageContaining("invalid label name or value");
    }
  }

  @Test
  void takesAnEmptyServiceNameForAMissingOne() {
    LabelRules rules = new LabelRules(Limits.defaults());

    LabelSet labels =
        rules.prepare(List.of(new Label("service_name", ""), new Label("__name__", "cpu")));

    assertThat(labels).isEqualTo(LABELS.with("service_name", "unknown_service"));
  }

  @Test
  void keepsSessionsApartUpToTheLimit() {
    List<Label> pushed =
        List.of(
            new Label("__name__", "cpu"),
            new Label("service_name", "a"),
            // 0x0102030405060708 with the lowest byte first.
            new Label("__session_id__", "0807060504030201"));

    assertThat(rules(Limits.defaults().toBuilder()).prepare(pushed)).isEqualTo(LABELS);
    assertThat(
            rules(Limits.defaults().toBuilder().maxSessionsPerSeries(1000))
                .prepare(pushed)
                .value("__session_id__"))
        .isEqualTo("%016x".formatted(Long.reverseBytes(0x0102030405060708L % 1000)));
    assertThat(
            rules(Limits.defaults().toBuilder().maxSessionsPerSeries(7))
                .prepare(
                    List.of(new Label("__session_id__", "no id"), pushed.get(0), pushed.get(1))))
        .isEqualTo(LABELS);
  }

  @Test
  void sanitizesNamesWhereTheLimitsSaySo() {
    LabelSet dotted = LABELS.with("k8s.pod", "p");
    LabelRules sanitizing = rules(Limits.defaults().toBuilder().sanitizesLabelNames(true));

    assertThat(rules(Limits.defaults().toBuilder()).sanitize(dotted)).isEqualTo(dotted);
    assertThat(sanitizing.sanitize(dotted)).isEqualTo(LABELS.with("k8s_pod", "p"));
    assertThat(sanitizing.sanitize(dotted.with("k8s_pod", "p")))
        .as("same value")
        .isEqualTo(LABELS.with("k8s_pod", "p"));
    assertThatThrownBy(() -> sanitizing.sanitize(dotted.with("k8s_pod", "q")))
        .isInstanceOfSatisfying(
            RejectedProfileException.class,
            e -> assertThat(e.reason()).isEqualTo(DiscardReason.DUPLICATE_LABEL_NAMES))
        .hasMessageContaining("has duplicate label name: 'k8s_pod'");
    for (String name : List.of("1a", "a-b", "größe")) {
      assertThatThrownBy(() -> sanitizing.sanitize(LABELS.with(name, "x")))
          .isInstanceOfSatisfying(
              RejectedProfileException.class,
              e -> assertThat(e.reason()).isEqualTo(DiscardReason.INVALID_LABELS))
          .hasMessageContaining("invalid label name '" + name + "'");
    }
  }

  @Test
  void samplesTheProfilesOfUsageGroups() {
    Sampling sampling =
        new Sampling(
            Map.of(
                "a", Selector.parse("{service_name=\"a\"}"),
                "all", Selector.parse("{}"),
                "none", Selector.parse("{service_name=\"b\"}")),
            Map.of("a", 0.25, "all", 0.5, "none", 0.0, "unknown", 0.0));
    int kept = 0;
    for (int i = 0; i < 10_000; i++) {
      UUID id = new UUID(0, i);
      kept += sampling.keeps(LABELS, id) ? 1 : 0;
      assertThat(sampling.keeps(LABELS, id))
          .as("the same again")
          .isEqualTo(sampling.keeps(LABELS, id));
    }

    assertThat(kept).isBetween(2_300, 2_700);
    assertThat(sampling.keeps(LABELS.with("service_name", "b"), new UUID(0, 1))).isFalse();
    assertThat(Sampling.NONE.keeps(LABELS, new UUID(0, 1))).isTrue();
  }

  private static LabelRules rules(LimitsBuilder limits) {
    return new LabelRules(limits.build());
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000 + time.getNano();
  }
}
