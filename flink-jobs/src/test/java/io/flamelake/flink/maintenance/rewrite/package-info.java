/** Tests of the writers and of the commit protocol. */
@NullMarked
package io.flamelake.flink.maintenance.rewrite;

import org.jspecify.annotations.NullMarked;
