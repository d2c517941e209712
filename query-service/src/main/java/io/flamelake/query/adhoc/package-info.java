/**
 * Single profiles that people upload to look at, which no query finds.
 *
 * <p>Starting point: {@link io.flamelake.query.adhoc.AdHocProfiles}.
 */
@NullMarked
package io.flamelake.query.adhoc;

import org.jspecify.annotations.NullMarked;
