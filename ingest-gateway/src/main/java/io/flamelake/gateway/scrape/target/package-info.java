/**
 * Makes targets of discovered labels: defaults, relabelling, and the labels of the stored series.
 */
@NullMarked
package io.flamelake.gateway.scrape.target;

import org.jspecify.annotations.NullMarked;
