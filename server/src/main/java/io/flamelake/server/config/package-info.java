/**
 * Configuration: one record per concern, whose components carry key, default and description. The
 * same annotations bind values, refuse unknown keys and make {@code docs/configuration.md}.
 *
 * <p>Starting points: {@link io.flamelake.server.config.FlamelakeConfig}, {@link
 * io.flamelake.server.config.ConfigSources}.
 */
@NullMarked
package io.flamelake.server.config;

import org.jspecify.annotations.NullMarked;
