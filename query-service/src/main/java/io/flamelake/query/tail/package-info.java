/**
 * The hot tail: profiles that are acknowledged, and so in the segment log, but not yet committed to
 * the tables. Decoded by the same code as the ingest job's, so that a query's answer does not
 * change when they are.
 *
 * <p>Starting points: {@link io.flamelake.query.tail.HotTail}, {@link
 * io.flamelake.query.tail.TailView}.
 */
@NullMarked
package io.flamelake.query.tail;

import org.jspecify.annotations.NullMarked;
