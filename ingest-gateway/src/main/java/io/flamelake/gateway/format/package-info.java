/**
 * Makes pprof of what clients send to {@code /ingest} in other formats, so that everything after it
 * knows one format only.
 *
 * <p>What all converters promise: memory is reserved before it is taken and stays within a small
 * multiple of the upload, depth of the input is never depth of recursion, and an upload that is
 * malformed fails with a message that has the place and the value.
 *
 * <p>Starting points: {@link io.flamelake.gateway.format.ProfileConverter}, {@link
 * io.flamelake.gateway.format.StackFormats}.
 */
@NullMarked
package io.flamelake.gateway.format;

import org.jspecify.annotations.NullMarked;
