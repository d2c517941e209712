/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.rpc.MemoryBudget.Reservation;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GzipBodyTest {

  private static final int LIMIT = 40 << 20;

  private final MemoryBudget budget = new MemoryBudget(1 << 30);

  @Test
  void refusesBombsBeforeTheyHaveTheirMemory() {
    byte[] honest = GzipBody.compress(new byte[64 << 20]);
    byte[] lying = honest.clone();
    Arrays.fill(lying, lying.length - 4, lying.length, (byte) 0);
    byte[] withSmallEnd = concat(honest, GzipBody.compress(new byte[1]));
    byte[] oneMebibyte = GzipBody.compress(new byte[1 << 20]);
    byte[] ofManyMembers = oneMebibyte;
    for (int doubled = 0; doubled < 6; doubled++) {
      ofManyMembers = concat(ofManyMembers, ofManyMembers);
    }

    for (byte[] bomb : List.of(honest, lying, withSmallEnd, ofManyMembers)) {
      try (Reservation reservation = budget.open()) {
        assertThatThrownBy(() -> GzipBody.decompress(bomb, LIMIT, reservation))
            .isInstanceOfSatisfying(
                RpcException.class, e -> assertThat(e.code()).isEqualTo(RpcCode.RESOURCE_EXHAUSTED))
            .hasMessage("The request body is larger than 41943040 bytes");
        assertThat(reservation.bytes()).isLessThan(10 << 20);
      }
    }
  }

  @Test
  void takesMuchOfLittleUpToTheLimit() {
    byte[] content = new byte[LIMIT];
    byte[] half = GzipBody.compress(new byte[LIMIT / 2]);
    for (byte[] body : List.of(GzipBody.compress(content), concat(half, half))) {
      try (Reservation reservation = budget.open()) {
        assertThat(GzipBody.decompress(body, LIMIT, reservation)).isEqualTo(content);
      }
    }
  }

  private static byte[] concat(byte[] first, byte[] second) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }
}
