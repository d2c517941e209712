/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.multipart.AggregatedBodyPart;
import com.linecorp.armeria.common.multipart.AggregatedMultipart;
import com.linecorp.armeria.common.multipart.Multipart;
import com.linecorp.armeria.common.stream.StreamMessage;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A body of {@code multipart/form-data}: fields by name, in whatever order they were sent. */
final class UploadForm {

  private final AggregatedMultipart parts;

  private UploadForm(AggregatedMultipart parts) {
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
    try {
      // All of it is there, so it is read here and now.
      return new UploadForm(
          Multipart.from(boundary, StreamMessage.of(HttpData.wrap(body)))
              .aggregate(ImmediateEventExecutor.INSTANCE)
              .join());
    } catch (CompletionException e) {
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
    AggregatedBodyPart part = parts.field(name);
    return part == null ? null : part.content().array();
  }

  private static @Nullable String findBoundary(MediaType contentType) {
    List<String> values = contentType.parameters().get("boundary");
    return values == null || values.isEmpty() ? null : values.get(0);
  }
}
