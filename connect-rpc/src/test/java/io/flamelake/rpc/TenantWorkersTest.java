/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.TenantId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TenantWorkersTest {

  private static final TenantId GREEDY = new TenantId("greedy");
  private static final TenantId OTHER = new TenantId("other");

  private final TenantWorkers workers = new TenantWorkers("test-worker", 1, 4);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    gate.countDown();
    workers.close();
  }

  @Test
  void runsTasksAndTellsTheirOutcome() throws Exception {
    assertThat(workers.submit(OTHER, 1, () -> 42).get(10, TimeUnit.SECONDS)).isEqualTo(42);
    CompletableFuture<String> failed =
        workers.submit(
            OTHER,
            1,
            () -> {
              throw new IllegalStateException("no");
            });
    assertThatThrownBy(() -> failed.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("no");
    assertThat(workers.submit(OTHER, 1, () -> 43).get(10, TimeUnit.SECONDS))
        .as("after a failure")
        .isEqualTo(43);
  }

  @Test
  void letsNoTenantWaitForAnothersBacklog() throws Exception {
    blockTheWorker();
    List<CompletableFuture<String>> tasks = new ArrayList<>();
    for (String name : List.of("greedy1", "greedy2", "greedy3")) {
      tasks.add(submit(GREEDY, name));
    }

    tasks.add(submit(OTHER, "other1"));
    gate.countDown();
    CompletableFuture.allOf(tasks.toArray(new CompletableFuture<?>[0])).get(10, TimeUnit.SECONDS);

    assertThat(done).containsExactly("greedy1", "other1", "greedy2", "greedy3");
  }

  @Test
  void refusesTheLastOfWhoHasMostWaitingWhenFull() throws Exception {
    blockTheWorker();
    CompletableFuture<String> first = submit(GREEDY, "greedy1");
    submit(GREEDY, "greedy2");
    submit(GREEDY, "greedy3");
    CompletableFuture<String> last = submit(GREEDY, "greedy4");
    CompletableFuture<String> tooMany = submit(GREEDY, "greedy5");
    CompletableFuture<String> other = submit(OTHER, "other1");

    assertRefused(tooMany, "Too many profiles are waiting");
    assertRefused(last, "Too many profiles are waiting");
    gate.countDown();
    assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo("other1");
    assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("greedy1");
  }

  @Test
  void refusesWhatHasNotBegunWhenItEnds() throws Exception {
    CompletableFuture<String> begun = blockTheWorker();
    CompletableFuture<String> waiting = submit(OTHER, "other1");

    workers.close();
    CompletableFuture<String> late = submit(OTHER, "other2");
    gate.countDown();

    assertRefused(waiting, "The server is shutting down");
    assertRefused(late, "The server is shutting down");
    assertThat(begun.get(10, TimeUnit.SECONDS)).isEqualTo("begun");
  }

  private CompletableFuture<String> blockTheWorker() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    CompletableFuture<String> task =
        workers.submit(
            GREEDY,
            1,
            () -> {
              running.countDown();
              try {
                gate.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }

              return "begun";
            });
    assertThat(running.await(10, TimeUnit.SECONDS)).as("worker is busy").isTrue();
    return task;
  }

  private CompletableFuture<String> submit(TenantId tenant, String name) {
    return workers.submit(
        tenant,
        1,
        () -> {
          done.add(name);
          return name;
        });
  }

  private static void assertRefused(CompletableFuture<String> task, String reason) {
    assertThatThrownBy(() -> task.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(RpcException.class)
        .hasMessageContaining(reason);
  }
}
