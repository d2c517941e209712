/**
 * What operators and clients ask of any Flamelake process, whatever its targets: version,
 * configuration, limits in force.
 *
 * <p>Starting point: {@link io.flamelake.server.status.StatusApi}.
 */
@NullMarked
package io.flamelake.server.status;

import org.jspecify.annotations.NullMarked;
