/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.TenantId;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionedDocumentTest {
  private static final int WRITERS = 4;
  private static final int CHANGES = 25;

  private final ObjectStore store = new InMemoryObjectStore();

  private VersionedDocument document(String tenant) {
    return new VersionedDocument(TenantObjects.of(store, "numbers", new TenantId(tenant)));
  }

  private static byte[] increment(byte @Nullable [] content) {
    return Integer.toString(number(content) + 1).getBytes(StandardCharsets.UTF_8);
  }

  private static int number(byte @Nullable [] content) {
    return content == null ? 0 : Integer.parseInt(new String(content, StandardCharsets.UTF_8));
  }

  @Test
  void losesNoChangeOfConcurrentWriters() {
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      writers.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < CHANGES; i++) {
                  // An object of its own, as another process would have.
                  document("t").update(VersionedDocumentTest::increment);
                }
              }));
    }

    writers.forEach(CompletableFuture::join);
    assertThat(number(document("t").find())).isEqualTo(WRITERS * CHANGES);
  }

  @Test
  void keepsTenantsApart() {
    document("a").update(VersionedDocumentTest::increment);

    assertThat(document("b").find()).isNull();
    assertThat(document("A").find()).isNull();
    assertThat(number(document("a").find())).isEqualTo(1);
  }

  @Test
  void failedChangeLeavesDocumentAsItWas() {
    document("t").update(VersionedDocumentTest::increment);

    assertThatThrownBy(
            () ->
                document("t")
                    .update(
                        content -> {
                          throw new IllegalStateException("no");
                        }))
        .hasMessage("no");
    assertThat(number(document("t").find())).isEqualTo(1);
  }
}
