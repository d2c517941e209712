/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.deletion;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flamelake.flink.maintenance.delete.DeletionProgress;
import io.flamelake.flink.maintenance.delete.DeletionRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A request as it is shown. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record DeletionJson(
    String id,
    String state,
    @Nullable String selector,
    @Nullable String profileType,
    String from,
    String to,
    String acceptedAt,
    @Nullable String waitingFor,
    int hours,
    int hoursDone,
    long rows,
    long otherRows,
    @Nullable String rowsGoneAt,
    @Nullable String expectedDoneAt,
    @Nullable String doneAt) {

  static DeletionJson of(DeletionRequest request) {
    DeletionProgress progress = request.progress();
    return new DeletionJson(
        request.id(),
        progress.state().wireName(),
        request.selector(),
        request.profileType(),
        time(request.fromMicros()),
        time(request.toMicros()),
        request.acceptedAt().toString(),
        progress.waitingFor().isEmpty() ? null : progress.waitingFor(),
        progress.hours(),
        progress.hoursDone(),
        progress.rows(),
        progress.otherRows(),
        text(progress.rowsGoneAt()),
        progress.doneAt() == null ? text(progress.expectedDoneAt()) : null,
        text(progress.doneAt()));
  }

  private static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
