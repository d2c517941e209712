/**
 * From a decoded pprof to the rows of the table {@code profiles} and the stacks they name.
 *
 * <p>The ingest job and the query service's hot tail both run {@link
 * io.flamelake.model.normalize.ProfileNormalizer}, so a profile reads the same before and after its
 * commit.
 */
@NullMarked
package io.flamelake.model.normalize;

import org.jspecify.annotations.NullMarked;
