/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import java.util.regex.Pattern;

/**
 * Which label names a client can take. Names outside of {@code [a-zA-Z_][a-zA-Z0-9_]*} break older
 * clients, so they are shown only to those that send {@code allow-utf8-labelnames=true} as a
 * parameter of {@code Accept}.
 */
enum LabelNameFilter {
  LEGACY,
  UTF8;

  private static final Pattern LEGACY_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final Pattern CAPABILITY =
      Pattern.compile(
          ";\\s*allow-utf8-labelnames\\s*=\\s*\"?true\"?\\s*([;,].*)?$", Pattern.CASE_INSENSITIVE);

  static LabelNameFilter of(RequestHeaders headers) {
    boolean isCapable =
        headers.getAll(HttpHeaderNames.ACCEPT).stream()
            .anyMatch(accept -> CAPABILITY.matcher(accept).find());
    return isCapable ? UTF8 : LEGACY;
  }

  LabelSet shown(LabelSet labels) {
    return this == UTF8
        ? labels
        : labels.project(labels.labels().stream().map(Label::name).filter(this::shows).toList());
  }

  boolean shows(String labelName) {
    return this == UTF8 || LEGACY_NAME.matcher(labelName).matches();
  }
}
