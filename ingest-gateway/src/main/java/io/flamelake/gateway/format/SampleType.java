/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

/** What a value counts, and in what unit. */
record SampleType(String type, String unit) {}
