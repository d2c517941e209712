/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape;

import io.flamelake.gateway.scrape.target.ScrapeTarget;
import io.flamelake.model.LabelNames;
import io.flamelake.model.TenantId;
import java.util.HashSet;
import java.util.Set;

/**
 * Which profiles are taken by the default jobs. A pod may have several of the usual annotations, or
 * one annotation and several ports; each of its profiles is scraped once.
 */
final class TargetClaims {

  private final Set<Claim> claims = new HashSet<>();

  private record Claim(TenantId tenant, String name, String authority, String path) {}

  /** Whether nobody has claimed the target's profile before. */
  boolean claim(ScrapeTarget target) {
    return claims.add(
        new Claim(
            target.job().tenant(),
            target.labels().value(LabelNames.NAME),
            target.url().authority(),
            target.url().pathWithoutQuery()));
  }
}
