/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Removes rows from the lake: what is older than its tenant's retention, and what somebody asked to
 * have deleted.
 *
 * <p>Starting points: {@link io.flamelake.flink.maintenance.delete.RetentionPlanner} and {@link
 * io.flamelake.flink.maintenance.delete.DeletionPlanner}.
 */
@NullMarked
package io.flamelake.flink.maintenance.delete;

import org.jspecify.annotations.NullMarked;
