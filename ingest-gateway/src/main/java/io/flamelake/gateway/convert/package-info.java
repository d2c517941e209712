/**
 * What converters of all formats share: writing pprofs, paying for memory, and refusals. Starting
 * point: {@link io.flamelake.gateway.convert.PprofWriter}.
 */
@NullMarked
package io.flamelake.gateway.convert;

import org.jspecify.annotations.NullMarked;
