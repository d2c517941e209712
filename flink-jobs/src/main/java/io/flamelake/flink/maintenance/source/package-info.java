/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Hands tasks out: the enumerator asks the planners, one for the whole job, and sends a task to
 * each reader that is free.
 *
 * <p>Starting point: {@link io.flamelake.flink.maintenance.source.MaintenanceSource}.
 */
@NullMarked
package io.flamelake.flink.maintenance.source;

import org.jspecify.annotations.NullMarked;
