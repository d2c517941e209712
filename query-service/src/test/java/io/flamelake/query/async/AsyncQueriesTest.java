/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.async;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flamelake.model.TenantId;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.async.AsyncAnswer.Status;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AsyncQueriesTest {
  private static final List<TenantId> TENANT = List.of(new TenantId("a"));
  private static final List<TenantId> OTHER = List.of(new TenantId("A"));
  private static final AsyncQueryConfig CONFIG =
      new AsyncQueryConfig(2, Duration.ofMinutes(10), Duration.ofHours(1));

  private final ObjectStore store = new InMemoryObjectStore();
  private final List<AsyncQueries> opened = new ArrayList<>();

  private AsyncQueries querier(AsyncQueryConfig config, Clock clock) {
    AsyncQueries queries = new AsyncQueries(store, config, 4, clock);
    opened.add(queries);
    return queries;
  }

  private AsyncQueries querier() {
    return querier(CONFIG, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    opened.forEach(AsyncQueries::close);
  }

  private static byte[] awaitCancel(QueryCancellation cancellation) {
    await().atMost(Duration.ofMinutes(1)).until(cancellation::isCancelled);
    cancellation.check();
    return new byte[0];
  }

  private static AsyncAnswer found(AsyncQueries queries, String id) {
    return requireNonNull(queries.find(TENANT, id), id);
  }

  private AsyncAnswer ended(AsyncQueries queries, String id) {
    return await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> queries.find(TENANT, id),
            answer -> answer != null && answer.status() != Status.IN_PROGRESS);
  }

  @Test
  void everyQuerierTellsHowFarAQueryIsAndItsAnswer() {
    CountDownLatch hold = new CountDownLatch(1);
    AsyncQueries another = querier();
    String id =
        querier()
            .start(
                TENANT,
                cancellation -> {
                  await().until(() -> hold.getCount() == 0);
                  return new byte[] {1, 2, 3};
                });

    assertThat(found(another, id).status()).isEqualTo(Status.IN_PROGRESS);
    hold.countDown();
    AsyncAnswer answer = ended(another, id);
    assertThat(answer.status()).isEqualTo(Status.SUCCESS);
    assertThat(answer.content()).containsExactly(1, 2, 3);
    assertThat(found(another, id).content()).containsExactly(1, 2, 3);
  }

  @Test
  void hidesQueriesFromOtherTenants() {
    AsyncQueries queries = querier();
    String id = queries.start(TENANT, cancellation -> new byte[0]);

    assertThat(ended(queries, id).status()).isEqualTo(Status.SUCCESS);
    assertThat(queries.find(OTHER, id)).isNull();
    assertThat(queries.find(List.of(TENANT.get(0), OTHER.get(0)), id)).isNull();
    assertThat(queries.find(TENANT, "../a/" + id)).isNull();
    assertThat(queries.find(TENANT, "")).isNull();
  }

  @Test
  void tellsWhyAQueryFailed() {
    AsyncQueries queries = querier();
    String told =
        queries.start(
            TENANT,
            cancellation -> {
              throw new AsyncQueryException("Too many series", new IllegalStateException());
            });
    assertThat(ended(queries, told).error()).isEqualTo("Too many series");

    String bug =
        queries.start(
            TENANT,
            cancellation -> {
              throw new IllegalStateException("secret");
            });
    assertThat(ended(queries, bug).error()).isEqualTo("Internal error");
  }

  @Test
  void refusesMoreThanTheLimitUntilOneHasEnded() {
    AsyncQueries queries = querier();
    CountDownLatch hold = new CountDownLatch(1);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      ids.add(
          queries.start(
              TENANT,
              cancellation -> {
                await().until(() -> hold.getCount() == 0);
                return new byte[0];
              }));
    }

    assertThatThrownBy(() -> queries.start(TENANT, cancellation -> new byte[0]))
        .isInstanceOf(TooManyAsyncQueriesException.class)
        .hasMessageContaining("2 asynchronous queries");
    assertThat(queries.start(OTHER, cancellation -> new byte[0])).isNotEmpty();
    hold.countDown();
    ids.forEach(id -> ended(queries, id));
    await()
        .untilAsserted(
            () -> assertThat(queries.start(TENANT, cancellation -> new byte[0])).isNotEmpty());
  }

  @Test
  void cancelsQueryWhoseTimeIsOver() {
    AsyncQueries queries =
        querier(
            new AsyncQueryConfig(2, Duration.ofSeconds(1), Duration.ofHours(1)), Clock.systemUTC());
    String id = queries.start(TENANT, AsyncQueriesTest::awaitCancel);

    assertThat(ended(queries, id))
        .usingRecursiveComparison()
        .isEqualTo(AsyncAnswer.failure("The query took longer than 1 s"));
  }

  @Test
  void closeCancelsWhatRunsAndSaysSo() {
    AsyncQueries queries = querier();
    String id = queries.start(TENANT, AsyncQueriesTest::awaitCancel);

    queries.close();

    assertThat(ended(querier(), id).error()).isEqualTo("The querier was stopped");
  }

  @Test
  void answersExpire() {
    Instant now = Instant.now();
    String id = querier().start(TENANT, cancellation -> new byte[0]);
    ended(querier(), id);
    Clock later = Clock.fixed(now.plus(Duration.ofMinutes(90)), ZoneOffset.UTC);

    assertThat(querier(CONFIG, later).find(TENANT, id)).isNull();
    new StoredAnswers(store, CONFIG, Clock.fixed(now, ZoneOffset.UTC)).deleteExpired();
    assertThat(store.list("", null)).hasSize(2);
    new StoredAnswers(store, CONFIG, later).deleteExpired();
    assertThat(store.list("", null)).isEmpty();
  }

  @Test
  void saysThatAQuerierHasGoneWhichNeverAnswered() {
    StoredAnswers answers = new StoredAnswers(store, CONFIG, Clock.systemUTC());
    String id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    answers.putStarted(answers.objects(TENANT), id);
    assertThat(found(querier(), id).status()).isEqualTo(Status.IN_PROGRESS);

    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(11));
    assertThat(querier(CONFIG, later).find(TENANT, id))
        .usingRecursiveComparison()
        .isEqualTo(AsyncAnswer.failure("The querier that ran the query has gone"));
  }
}
