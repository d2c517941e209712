/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Keeps the tables and the segment log in order: planners look at what is due, tasks do it, and two
 * Flink jobs, one that never ends and one that does, hand the tasks out.
 */
@NullMarked
package io.flamelake.flink.maintenance;

import org.jspecify.annotations.NullMarked;
