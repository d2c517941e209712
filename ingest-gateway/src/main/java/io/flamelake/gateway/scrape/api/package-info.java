/** Shows targets and how their scrapes went. */
@NullMarked
package io.flamelake.gateway.scrape.api;

import org.jspecify.annotations.NullMarked;
