/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import java.util.Locale;

/**
 * Why something pushed was not stored. The wire name is the {@code reason} label of the discard
 * metrics, in the gateway as in the ingest job.
 */
public enum DiscardReason {
  INVALID_LABELS,
  MISSING_LABELS,
  RATE_LIMITED,
  NOT_IN_INGESTION_WINDOW,
  MAX_LABEL_NAMES_PER_SERIES,
  LABEL_NAME_TOO_LONG,
  LABEL_VALUE_TOO_LONG,
  DUPLICATE_LABEL_NAMES,
  SERIES_LIMIT,
  QUERY_LIMIT,
  SAMPLES_LIMIT,
  PROFILE_SIZE_LIMIT,
  SAMPLE_LABELS_LIMIT,
  MALFORMED_PROFILE,
  FLAMEGRAPH_LIMIT,
  MISSING_TIME_RANGE,
  INVALID_TIME_RANGE,
  INGEST_LIMIT_REACHED,
  DROPPED_BY_SAMPLING_RULES,
  BODY_SIZE_LIMIT_EXCEEDED,
  DROPPED_BY_RELABEL_RULES;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  public String wireName() {
    return wireName;
  }
}
