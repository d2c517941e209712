/**
 * Small objects of one tenant each in the object store, beside the segment log.
 *
 * <p>Starting point: {@link io.flamelake.query.store.TenantObjects}.
 */
@NullMarked
package io.flamelake.query.store;

import org.jspecify.annotations.NullMarked;
