/** Tests of the decoder's state. */
@NullMarked
package io.flamelake.flink.decode;

import org.jspecify.annotations.NullMarked;
