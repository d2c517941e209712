/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ObjectStore} must do. Each test has a store of its own. */
abstract class BaseObjectStoreTest {
  private static final int RACING_THREADS = 16;

  private ObjectStore store;

  abstract ObjectStore newStore() throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = newStore();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void returnsWhatWasPut() {
    byte[] content = randomBytes(300_000);
    putNew("a/object", content);

    assertThat(store.get(key("a/object"))).isEqualTo(content);
  }

  @Test
  void keepsEmptyObject() {
    putNew("empty", new byte[0]);

    assertThat(store.get(key("empty"))).isEmpty();
    assertThat(store.getSuffix(key("empty"), 10)).isEmpty();
  }

  @Test
  void doesNotShareArraysWithTheCaller() {
    byte[] content = bytes("before");
    putNew("object", content);
    content[0] = 'X';
    store.get(key("object"))[1] = 'X';

    assertThat(store.get(key("object"))).isEqualTo(bytes("before"));
  }

  @Test
  void refusesSecondPutAndKeepsTheFirst() {
    putNew("object", bytes("first"));

    assertThatThrownBy(() -> store.putIfAbsent(key("object"), bytes("second")))
        .isInstanceOf(ObjectExistsException.class)
        .hasMessage("Object object exists");
    assertThat(store.get(key("object"))).isEqualTo(bytes("first"));
  }

  @Test
  void replacesObjectWithoutCondition() {
    store.put(key("object"), bytes("first"));
    store.put(key("object"), bytes("second, longer"));

    assertThat(store.get(key("object"))).isEqualTo(bytes("second, longer"));
  }

  @Test
  void letsOneOfManyPutsWin() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(RACING_THREADS);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < RACING_THREADS; i++) {
        byte[] content = bytes("writer " + i);
        results.add(threads.submit(() -> tryPut(start, content)));
      }

      start.countDown();
      List<Integer> winners = new ArrayList<>();
      for (int i = 0; i < RACING_THREADS; i++) {
        if (results.get(i).get(30, TimeUnit.SECONDS)) {
          winners.add(i);
        }
      }

      assertThat(winners).hasSize(1);
      assertThat(store.get(key("race/object"))).isEqualTo(bytes("writer " + winners.get(0)));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void saysThatObjectIsNotThere() {
    assertThatThrownBy(() -> store.get(key("none")))
        .isInstanceOf(ObjectNotFoundException.class)
        .hasMessage("Object none does not exist");
    assertThatThrownBy(() -> store.getRange(key("none"), 0, 1))
        .isInstanceOf(ObjectNotFoundException.class);
    assertThatThrownBy(() -> store.getSuffix(key("none"), 1))
        .isInstanceOf(ObjectNotFoundException.class);
  }

  @Test
  void readsRanges() {
    putNew("object", bytes("0123456789"));

    assertThat(store.getRange(key("object"), 0, 10)).isEqualTo(bytes("0123456789"));
    assertThat(store.getRange(key("object"), 3, 4)).isEqualTo(bytes("3456"));
    assertThat(store.getRange(key("object"), 9, 1)).isEqualTo(bytes("9"));
    assertThat(store.getSuffix(key("object"), 3)).isEqualTo(bytes("789"));
    assertThat(store.getSuffix(key("object"), 100)).isEqualTo(bytes("0123456789"));
  }

  @Test
  void refusesRangeBeyondTheEnd() {
    putNew("object", bytes("0123456789"));

    assertThatThrownBy(() -> store.getRange(key("object"), 8, 3))
        .isInstanceOf(ObjectStoreException.class);
    assertThatThrownBy(() -> store.getRange(key("object"), 10, 1))
        .isInstanceOf(ObjectStoreException.class);
  }

  @Test
  void listsInOrderOfKeysAfterAKey() {
    for (String name : List.of("lane/3", "lane/1", "lane/2", "lane2/1", "other", "lane/10")) {
      putNew(name, bytes(name));
    }

    assertThat(list("lane/", null)).containsExactly("lane/1", "lane/10", "lane/2", "lane/3");
    assertThat(list("lane/", "lane/10")).containsExactly("lane/2", "lane/3");
    assertThat(list("lane/", "lane/3")).isEmpty();
    assertThat(list("lane/", "a")).hasSize(4);
    assertThat(list("lane/", "z")).isEmpty();
    assertThat(list("lane", null)).hasSize(5);
    assertThat(list("", null)).hasSize(6);
    assertThat(list("none/", null)).isEmpty();
  }

  @Test
  void listsSizeAndTime() {
    putNew("object", bytes("12345"));

    ObjectInfo info = store.list("", null).get(0);

    assertThat(info.key()).isEqualTo(key("object"));
    assertThat(info.sizeBytes()).isEqualTo(5);
    assertThat(Duration.between(info.lastModified(), Instant.now()).abs())
        .isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void listsMoreThanOnePage() {
    // S3 lists 1,000 at a time.
    int count = 1005;
    for (int i = 0; i < count; i++) {
      store.put(key("many/" + (10_000 + i)), new byte[1]);
    }

    assertThat(list("many/", null)).hasSize(count).isSorted();
    assertThat(list("many/", "many/11000")).hasSize(4);
  }

  @Test
  void listsDirectories() {
    putNew("segments/b/1", bytes("x"));
    putNew("segments/a/1", bytes("x"));
    putNew("segments/a/2", bytes("x"));
    putNew("segments/file", bytes("x"));
    putNew("top/1", bytes("x"));

    assertThat(store.listDirectories("segments/")).containsExactly("a", "b");
    assertThat(store.listDirectories("")).containsExactly("segments", "top");
    assertThat(store.listDirectories("none/")).isEmpty();
  }

  @Test
  void forgetsDirectoryWithItsLastObject() {
    putNew("segments/a/1", bytes("x"));
    store.delete(key("segments/a/1"));

    assertThat(store.listDirectories("segments/")).isEmpty();

    putNew("segments/a/1", bytes("again"));
    assertThat(store.get(key("segments/a/1"))).isEqualTo(bytes("again"));
  }

  @Test
  void looksUpObject() {
    putNew("segments/a/1", bytes("x"));

    assertThat(store.exists(key("segments/a/1"))).as("object exists").isTrue();
    assertThat(store.exists(key("segments/a/2"))).as("other exists").isFalse();
  }

  @Test
  void deletesObjectThatMayNotBeThere() {
    putNew("object", bytes("x"));
    store.delete(key("object"));
    store.delete(key("object"));

    assertThatThrownBy(() -> store.get(key("object"))).isInstanceOf(ObjectNotFoundException.class);
  }

  @Test
  void passesTheProbeAndLeavesNothing() {
    ConditionalPutProbe.check(store);

    assertThat(store.list("", null)).isEmpty();
  }

  static ObjectKey key(String value) {
    return new ObjectKey(value);
  }

  static byte[] bytes(String value) {
    return value.getBytes(UTF_8);
  }

  /** Puts an object that is not there; a client without an answer may have sent it twice. */
  private void putNew(String name, byte[] content) {
    try {
      store.putIfAbsent(key(name), content);
    } catch (ObjectExistsException e) {
      assertThat(store.get(key(name))).isEqualTo(content);
    }
  }

  private boolean tryPut(CountDownLatch start, byte[] content) throws InterruptedException {
    start.await();
    try {
      store.putIfAbsent(key("race/object"), content);
      return true;
    } catch (ObjectExistsException e) {
      return Arrays.equals(store.get(key("race/object")), content);
    }
  }

  private List<String> list(String prefix, @Nullable String startAfter) {
    return store.list(prefix, startAfter).stream().map(info -> info.key().value()).toList();
  }

  private static byte[] randomBytes(int length) {
    byte[] content = new byte[length];
    new Random(1).nextBytes(content);
    return content;
  }
}
