/**
 * Prometheus' relabelling: rules that change the labels of a profile or of a scrape target, or drop
 * it.
 *
 * <p>Starting points: {@link io.flamelake.gateway.relabel.RelabelRuleParser}, {@link
 * io.flamelake.gateway.relabel.RelabelRules}.
 */
@NullMarked
package io.flamelake.gateway.relabel;

import org.jspecify.annotations.NullMarked;
