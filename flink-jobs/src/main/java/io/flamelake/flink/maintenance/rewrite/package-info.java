/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Compaction: merges the files of a partition into few sorted ones. Starting points: {@link
 * io.flamelake.flink.maintenance.rewrite.CompactionPlanner}, which finds what is due, and {@link
 * io.flamelake.flink.maintenance.rewrite.FileMerge}, which rewrites.
 */
@NullMarked
package io.flamelake.flink.maintenance.rewrite;

import org.jspecify.annotations.NullMarked;
