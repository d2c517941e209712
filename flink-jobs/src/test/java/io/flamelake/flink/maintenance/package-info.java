@NullMarked
package io.flamelake.flink.maintenance;

import org.jspecify.annotations.NullMarked;
