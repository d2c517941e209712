/**
 * Queries that outlive their request; their answers wait in the object store.
 *
 * <p>Starting point: {@link io.flamelake.query.async.AsyncQueries}.
 */
@NullMarked
package io.flamelake.query.async;

import org.jspecify.annotations.NullMarked;
