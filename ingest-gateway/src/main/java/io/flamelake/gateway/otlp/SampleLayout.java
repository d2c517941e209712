/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

/**
 * How the fields of a {@code Sample} are numbered. Nothing on the wire names the layout, and
 * between the two releases the numbers 2 to 4 changed their meaning; everything else is the same in
 * both.
 *
 * <pre>
 *             field 2            field 3            field 4
 *  1.9        values, packed     attributes, packed link, a varint
 *  1.10       attributes, packed link, a varint     values, packed
 * </pre>
 */
public enum SampleLayout {
  /** Of opentelemetry-proto 1.9. */
  V1_9,
  /** Of opentelemetry-proto 1.10. */
  V1_10
}
