/** Tests of the protocol by which maintenance commits. */
@NullMarked
package io.flamelake.flink.maintenance.commit;

import org.jspecify.annotations.NullMarked;
