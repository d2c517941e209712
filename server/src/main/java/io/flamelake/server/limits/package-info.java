/**
 * Limits of single tenants, from a file that is read again while the server runs.
 *
 * <p>Starting point: {@link io.flamelake.server.limits.TenantOverrides}.
 */
@NullMarked
package io.flamelake.server.limits;

import org.jspecify.annotations.NullMarked;
