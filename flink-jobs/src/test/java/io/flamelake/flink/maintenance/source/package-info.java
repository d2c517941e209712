@NullMarked
package io.flamelake.flink.maintenance.source;

import org.jspecify.annotations.NullMarked;
