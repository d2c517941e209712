/**
 * What everything else speaks of: tenants, label sets, profile types, matchers and the hash that
 * identifies series and stacks. No I/O, no service, no storage.
 *
 * <p>Starting points: {@link io.flamelake.model.LabelSet}, {@link io.flamelake.model.Selector},
 * {@link io.flamelake.model.ProfileType}.
 */
@NullMarked
package io.flamelake.model;

import org.jspecify.annotations.NullMarked;
