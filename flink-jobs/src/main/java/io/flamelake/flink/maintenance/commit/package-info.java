/**
 * How maintenance commits: fenced, so that a run which another one took over from can do no harm.
 *
 * <p>Starting point: {@link io.flamelake.flink.maintenance.commit.FencedCommit}.
 */
@NullMarked
package io.flamelake.flink.maintenance.commit;

import org.jspecify.annotations.NullMarked;
