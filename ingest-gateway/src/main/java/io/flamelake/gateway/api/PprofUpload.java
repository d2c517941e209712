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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A pprof sent to {@code /ingest}, and what the client says about its sample types.
 *
 * @param profile gzipped or plain
 * @param sampleTypeConfigs empty if the client says nothing
 */
record PprofUpload(byte[] profile, Map<String, SampleTypeConfig> sampleTypeConfigs) {

  /** Takes the whole body for the profile. */
  static PprofUpload ofBody(byte[] body) {
    return new PprofUpload(body, Map.of());
  }

  /**
   * Reads a form.
   *
   * @return fails with {@link IllegalArgumentException} if it is malformed or has no profile
   */
  static CompletableFuture<PprofUpload> ofForm(byte[] body, @Nullable MediaType contentType) {
    String boundary = contentType == null ? null : findBoundary(contentType);
    if (boundary == null) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("multipart/form-data without a boundary"));
    }

    return Multipart.from(boundary, StreamMessage.of(HttpData.wrap(body)))
        .aggregate()
        .handle(
            (form, cause) -> {
              if (cause != null) {
                throw new IllegalArgumentException("Malformed multipart body", cause);
              }

              return of(form);
            });
  }

  private static PprofUpload of(AggregatedMultipart form) {
    byte[] profile = findField(form, "profile");
    if (profile == null) {
      throw new IllegalArgumentException("The form has no field profile");
    }

    if (findField(form, "prev_profile") != null) {
      throw new IllegalArgumentException(
          "unsupported client version: the field prev_profile is not supported, upgrade the"
              + " client");
    }

    byte[] config = findField(form, "sample_type_config");
    return new PprofUpload(profile, config == null ? Map.of() : SampleTypeConfig.parse(config));
  }

  private static byte @Nullable [] findField(AggregatedMultipart form, String name) {
    AggregatedBodyPart part = form.field(name);
    return part == null ? null : part.content().array();
  }

  private static @Nullable String findBoundary(MediaType contentType) {
    var values = contentType.parameters().get("boundary");
    return values == null || values.isEmpty() ? null : values.get(0);
  }
}
