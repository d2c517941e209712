/** Fetches the profile of one target at each of its ticks and hands it to the intake. */
@NullMarked
package io.flamelake.gateway.scrape.loop;

import org.jspecify.annotations.NullMarked;
