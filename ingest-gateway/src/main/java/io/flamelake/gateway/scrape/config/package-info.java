/** What is to be scraped, read from YAML in Prometheus' syntax. */
@NullMarked
package io.flamelake.gateway.scrape.config;

import org.jspecify.annotations.NullMarked;
