/** What a tenant may push, and the rules its labels go by. */
@NullMarked
package io.flamelake.gateway.limits;

import org.jspecify.annotations.NullMarked;
