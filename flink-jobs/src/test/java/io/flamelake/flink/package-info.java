/** Tests of the ingest job as a whole. */
@NullMarked
package io.flamelake.flink;

import org.jspecify.annotations.NullMarked;
