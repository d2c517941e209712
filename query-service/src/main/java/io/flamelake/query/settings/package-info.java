/**
 * What pages keep for the users of a tenant, durable in the object store.
 *
 * <p>Starting point: {@link io.flamelake.query.settings.SettingsStore}.
 */
@NullMarked
package io.flamelake.query.settings;

import org.jspecify.annotations.NullMarked;
