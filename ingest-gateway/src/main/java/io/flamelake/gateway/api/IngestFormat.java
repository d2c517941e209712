/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import com.linecorp.armeria.common.MediaType;
import io.flamelake.gateway.format.JfrConverter;
import io.flamelake.gateway.format.ProfileConverter;
import io.flamelake.gateway.format.SpeedscopeConverter;
import io.flamelake.gateway.format.StackFormats;
import org.jspecify.annotations.Nullable;

/** The formats clients send to {@code /ingest}, in the order in which a request is matched. */
enum IngestFormat {
  TRIE("trie", StackFormats.TRIE),
  TREE("tree", StackFormats.TREE),
  LINES("lines", StackFormats.LINES),
  JFR("jfr", new JfrConverter()),
  PPROF("pprof", null),
  SPEEDSCOPE("speedscope", new SpeedscopeConverter()),
  MULTIPART("multipart/form-data", null),
  GROUPS("groups", StackFormats.GROUPS);

  private final String text;
  private final @Nullable ProfileConverter converter;

  IngestFormat(String text, @Nullable ProfileConverter converter) {
    this.text = text;
    this.converter = converter;
  }

  /** Finds the format of a request; what nothing matches is taken for folded text. */
  static IngestFormat of(String parameter, @Nullable MediaType contentType) {
    String type = contentType == null ? "" : contentType.type() + "/" + contentType.subtype();
    for (IngestFormat format : values()) {
      if (parameter.equals(format.text) || type.equals("binary/octet-stream+" + format.text)) {
        return format;
      }

      if (format == MULTIPART && UploadForm.isForm(contentType)) {
        return format;
      }
    }

    return GROUPS;
  }

  /** What makes pprof of the bare body; null where the body is a pprof, or a form with one. */
  @Nullable ProfileConverter converter() {
    return converter;
  }
}
