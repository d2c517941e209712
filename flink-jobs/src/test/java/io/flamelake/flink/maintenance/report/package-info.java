@NullMarked
package io.flamelake.flink.maintenance.report;

import org.jspecify.annotations.NullMarked;
