/**
 * Removes what nobody refers to any more: old snapshots, files of no snapshot, segments that the
 * tables contain, lanes that ended long ago.
 *
 * <p>Starting points: {@link io.flamelake.flink.maintenance.keep.SnapshotExpiryPlanner}, {@link
 * io.flamelake.flink.maintenance.keep.OrphanRemovalPlanner}, {@link
 * io.flamelake.flink.maintenance.keep.SegmentRemovalPlanner}.
 */
@NullMarked
package io.flamelake.flink.maintenance.keep;

import org.jspecify.annotations.NullMarked;
