/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

/** Whose data is whose. */
@ConfigSection("Tenants")
public record TenancyConfig(
    @ConfigKey(
            name = "auth.multitenancy-enabled",
            defaultValue = "false",
            description =
                "Whether every request must name its tenant in `X-Scope-OrgID`. If not, the header"
                    + " is ignored and everything belongs to `anonymous`. There is no"
                    + " authentication: that is a proxy's work.")
        boolean multitenancyEnabled) {}
