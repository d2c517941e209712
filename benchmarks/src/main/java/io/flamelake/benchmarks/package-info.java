/**
 * How fast, how large: JMH for the hot paths, and {@link io.flamelake.benchmarks.EndToEndBenchmark}
 * for the whole of it. Nothing here runs in a build; {@code benchmarks/run} starts it.
 */
@NullMarked
package io.flamelake.benchmarks;

import org.jspecify.annotations.NullMarked;
