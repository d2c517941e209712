/** First step of the gateway: the paths that clients push profiles to. */
@NullMarked
package io.flamelake.gateway.api;

import org.jspecify.annotations.NullMarked;
