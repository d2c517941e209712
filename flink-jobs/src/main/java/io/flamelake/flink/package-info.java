/**
 * The ingest job: reads the segment log once and commits its profiles to the tables, exactly once.
 *
 * <p>Starting points: {@link io.flamelake.flink.IngestJob} is the job graph, {@link
 * io.flamelake.flink.EmbeddedFlink} runs it inside another process.
 */
@NullMarked
package io.flamelake.flink;

import org.jspecify.annotations.NullMarked;
