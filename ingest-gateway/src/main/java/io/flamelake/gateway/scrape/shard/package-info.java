/** Divides the targets among the replicas of the gateway. */
@NullMarked
package io.flamelake.gateway.scrape.shard;

import org.jspecify.annotations.NullMarked;
