/** Last step of the gateway: collects accepted profiles into segments and acknowledges them. */
@NullMarked
package io.flamelake.gateway.batch;

import org.jspecify.annotations.NullMarked;
