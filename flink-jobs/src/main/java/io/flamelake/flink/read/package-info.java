/**
 * Second step of the ingest job: fetches segments and takes them apart into raw records.
 *
 * <p>Starting point: {@link io.flamelake.flink.read.SegmentReadOperator}.
 */
@NullMarked
package io.flamelake.flink.read;

import org.jspecify.annotations.NullMarked;
