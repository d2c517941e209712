/** How the job's own types cross a network channel or a checkpoint; Kryo is never asked. */
@NullMarked
package io.flamelake.flink.serialize;

import org.jspecify.annotations.NullMarked;
