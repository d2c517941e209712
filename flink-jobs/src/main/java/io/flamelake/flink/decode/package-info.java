/**
 * Third step of the ingest job: turns raw records into table rows, each stack and series once a
 * day.
 *
 * <p>Starting point: {@link io.flamelake.flink.decode.DecodeFunction}.
 */
@NullMarked
package io.flamelake.flink.decode;

import org.jspecify.annotations.NullMarked;
