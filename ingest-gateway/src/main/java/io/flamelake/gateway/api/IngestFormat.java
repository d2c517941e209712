/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import com.linecorp.armeria.common.MediaType;
import org.jspecify.annotations.Nullable;

/** The formats clients send to {@code /ingest}, in the order in which a request is matched. */
enum IngestFormat {
  TRIE("trie", false),
  TREE("tree", false),
  LINES("lines", false),
  JFR("jfr", false),
  PPROF("pprof", true),
  SPEEDSCOPE("speedscope", false),
  MULTIPART("multipart/form-data", true),
  GROUPS("groups", false);

  private final String text;
  private final boolean supported;

  IngestFormat(String text, boolean supported) {
    this.text = text;
    this.supported = supported;
  }

  /** Finds the format of a request; what nothing matches is taken for folded text. */
  static IngestFormat of(String parameter, @Nullable MediaType contentType) {
    String type = contentType == null ? "" : contentType.type() + "/" + contentType.subtype();
    for (IngestFormat format : values()) {
      if (parameter.equals(format.text) || type.equals("binary/octet-stream+" + format.text)) {
        return format;
      }

      if (format == MULTIPART && type.equals(format.text)) {
        return format;
      }
    }

    return GROUPS;
  }

  /** The format's name as clients write it. */
  String text() {
    return text;
  }

  boolean isSupported() {
    return supported;
  }
}
