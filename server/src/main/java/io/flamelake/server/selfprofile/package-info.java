/**
 * Profiles this process with JFR and pushes the result like any client.
 *
 * <p>Starting point: {@link io.flamelake.server.selfprofile.SelfProfiler}.
 */
@NullMarked
package io.flamelake.server.selfprofile;

import org.jspecify.annotations.NullMarked;
