/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** What maintenance did last, kind by kind, for people and for metrics. */
@NullMarked
package io.flamelake.flink.maintenance.report;

import org.jspecify.annotations.NullMarked;
