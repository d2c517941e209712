@NullMarked
package io.flamelake.flink.maintenance.delete;

import org.jspecify.annotations.NullMarked;
