/** Tests of the writers and of the commit protocol. */
@NullMarked
package io.flamelake.flink.sink;

import org.jspecify.annotations.NullMarked;
