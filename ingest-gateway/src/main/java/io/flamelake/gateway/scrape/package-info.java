/**
 * Pulls profiles from programs that serve them, and pushes them in-process, as clients push theirs.
 *
 * <pre>
 *   discovery ──► target ──► loop ──► ProfileIntake
 *   who is there  labels,    fetches at
 *                 rules      its tick, if the shard says so
 * </pre>
 *
 * <p>Starting point: {@link io.flamelake.gateway.scrape.Scraper}.
 */
@NullMarked
package io.flamelake.gateway.scrape;

import org.jspecify.annotations.NullMarked;
