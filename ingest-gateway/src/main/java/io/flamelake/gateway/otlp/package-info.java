/**
 * Makes pprofs of OpenTelemetry's profiles, before {@code intake}; knows the protocol's layouts, so
 * that nothing else does. Starting points: {@link io.flamelake.gateway.otlp.OtlpConverter}, {@link
 * io.flamelake.gateway.otlp.OtlpJson}.
 */
@NullMarked
package io.flamelake.gateway.otlp;

import org.jspecify.annotations.NullMarked;
