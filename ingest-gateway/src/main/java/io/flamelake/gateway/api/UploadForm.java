/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.multipart.AggregatedBodyPart;
import com.linecorp.armeria.common.multipart.Multipart;
import com.linecorp.armeria.common.stream.StreamMessage;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A body of {@code multipart/form-data}: fields by name, in whatever order they were sent. */
final class UploadForm {

  /**
   * Runs everything on the thread that reads. {@link Multipart#aggregate} must not be given it:
   * that leaves the parts to an event loop, whichever executor it is given, and two threads in one
   * decoder stop each other for good.
   */
  private static final EventExecutor READER = ImmediateEventExecutor.INSTANCE;

  private final List<AggregatedBodyPart> parts;

  private UploadForm(List<AggregatedBodyPart> parts) {
    this.parts = parts;
  }

  /** Whether a body of this type is a form. */
  static boolean isForm(@Nullable MediaType contentType) {
    return contentType != null && contentType.is(MediaType.MULTIPART_FORM_DATA);
  }

  /**
   * Reads a form, whose parts are paid for once more.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  static UploadForm read(byte[] body, @Nullable MediaType contentType, Reservation reservation) {
    String boundary = contentType == null ? null : findBoundary(contentType);
    if (boundary == null) {
      throw new IllegalArgumentException("multipart/form-data without a boundary");
    }

    reservation.grow(body.length);
    CompletableFuture<List<AggregatedBodyPart>> parts =
        Multipart.from(boundary, StreamMessage.of(HttpData.wrap(body)))
            .bodyParts()
            .mapAsync(part -> part.aggregate(READER))
            .collect(READER);
    if (!parts.isDone()) {
      // All of it was there and has been read: what is still missing will not come.
      throw new IllegalArgumentException("Malformed multipart body: a part does not end");
    }

    try {
      return new UploadForm(parts.join());
    } catch (CompletionException e) {
      // Without the cause's words, which may be those of the body.
      throw new IllegalArgumentException("Malformed multipart body", e.getCause());
    }
  }

  /**
   * Returns a field.
   *
   * @throws IllegalArgumentException if the form does not have it
   */
  byte[] field(String name) {
    byte[] content = findField(name);
    if (content == null) {
      throw new IllegalArgumentException("The form has no field " + name);
    }

    return content;
  }

  byte @Nullable [] findField(String name) {
    for (AggregatedBodyPart part : parts) {
      if (name.equals(part.name())) {
        return part.content().array();
      }
    }

    return null;
  }

  private static @Nullable String findBoundary(MediaType contentType) {
    List<String> values = contentType.parameters().get("boundary");
    return values == null || values.isEmpty() ? null : values.get(0);
  }
}
