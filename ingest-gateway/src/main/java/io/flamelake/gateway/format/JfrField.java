/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

/**
 * A field of a JFR type.
 *
 * @param typeId of the value, or of an array's elements
 * @param array whether it is a number of values, after their count
 * @param pooled whether the value is only referred to, by its key in the type's constant pool
 */
record JfrField(String name, long typeId, boolean array, boolean pooled) {}
