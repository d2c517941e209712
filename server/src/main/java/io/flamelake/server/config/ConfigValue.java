/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

/** A text and where it came from, to be named when it turns out wrong. */
record ConfigValue(String text, String origin) {}
