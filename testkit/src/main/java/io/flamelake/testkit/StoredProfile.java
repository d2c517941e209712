/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import java.util.UUID;

/** A row of the profiles table, as far as the ledger knows of it. */
public record StoredProfile(TenantId tenant, UUID profileId, ProfileType type, long totalValue) {}
