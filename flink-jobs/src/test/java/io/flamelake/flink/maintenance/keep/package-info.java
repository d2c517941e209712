/** Tests of what removes what nobody refers to any more. */
@NullMarked
package io.flamelake.flink.maintenance.keep;

import org.jspecify.annotations.NullMarked;
