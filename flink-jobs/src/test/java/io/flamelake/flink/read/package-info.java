/** Tests of what the reader hands on. */
@NullMarked
package io.flamelake.flink.read;

import org.jspecify.annotations.NullMarked;
