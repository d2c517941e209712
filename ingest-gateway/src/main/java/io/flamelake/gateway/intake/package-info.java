/**
 * Middle step of the gateway: turns pushed series into records of the segment log, or refuses them.
 */
@NullMarked
package io.flamelake.gateway.intake;

import org.jspecify.annotations.NullMarked;
