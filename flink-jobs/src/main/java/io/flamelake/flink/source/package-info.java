/**
 * First step of the ingest job: finds the lanes of the segment log and follows each of them.
 *
 * <p>Starting point: {@link io.flamelake.flink.source.SegmentSource}.
 */
@NullMarked
package io.flamelake.flink.source;

import org.jspecify.annotations.NullMarked;
