/**
 * The pprof format: a bounded decoder into primitive arrays, its gzip wrapping, and a builder.
 *
 * <p>First stop of a pushed profile in the gateway, and again in the ingest job and the query
 * service's hot tail. Starting points:
 *
 * <ul>
 *   <li>{@link io.flamelake.model.pprof.PprofGzip} takes the optional gzip layer off
 *   <li>{@link io.flamelake.model.pprof.PprofDecoder} reads and checks
 *   <li>{@link io.flamelake.model.pprof.PprofBuilder} writes
 * </ul>
 */
@NullMarked
package io.flamelake.model.pprof;

import org.jspecify.annotations.NullMarked;
