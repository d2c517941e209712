/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import io.flamelake.model.TenantId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a job has that it does not say itself.
 *
 * @param timeout null: a little more than the job's interval
 */
record ScrapeDefaults(
    Duration interval, @Nullable Duration timeout, TenantId tenant, boolean isDefaultSet) {}
