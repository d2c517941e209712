/**
 * Last steps of the ingest job: data files for each table and checkpoint, and their commit.
 *
 * <p>Starting points: {@link io.flamelake.flink.sink.TableWriter} and {@link
 * io.flamelake.flink.sink.LakeCommitter}.
 */
@NullMarked
package io.flamelake.flink.sink;

import org.jspecify.annotations.NullMarked;
