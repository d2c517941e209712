/**
 * Puts an answer together: one pinned version of the tables, plus the hot tail after exactly that
 * version.
 *
 * <p>Starting point: {@link io.flamelake.query.plan.QueryEngine}.
 */
@NullMarked
package io.flamelake.query.plan;

import org.jspecify.annotations.NullMarked;
