@NullMarked
package io.flamelake.flink.maintenance.rollup;

import org.jspecify.annotations.NullMarked;
