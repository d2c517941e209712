/** Finds addresses: named in the configuration, in files, or as pods of Kubernetes. */
@NullMarked
package io.flamelake.gateway.scrape.discovery;

import org.jspecify.annotations.NullMarked;
