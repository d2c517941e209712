/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.target;

import io.flamelake.gateway.scrape.config.JobConfig;
import java.util.SortedMap;

/**
 * Something discovered that is not scraped, because a rule drops it or its labels make no URL.
 *
 * @param discovered as the discovery has them, without what the job adds for its rules
 */
public record DroppedTarget(JobConfig job, SortedMap<String, String> discovered, String reason) {}
