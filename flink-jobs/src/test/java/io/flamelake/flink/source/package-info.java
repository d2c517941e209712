/** Tests of the source. */
@NullMarked
package io.flamelake.flink.source;

import org.jspecify.annotations.NullMarked;
