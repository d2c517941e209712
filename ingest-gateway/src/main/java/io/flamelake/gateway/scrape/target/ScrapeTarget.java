/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.target;

import io.flamelake.gateway.scrape.config.JobConfig;
import io.flamelake.model.LabelSet;
import java.time.Duration;
import java.util.SortedMap;

/**
 * One profile of one program, to be fetched again and again.
 *
 * @param discovered the labels before relabelling
 * @param labels those of the stored series
 * @param url where it is
 */
public record ScrapeTarget(
    JobConfig job,
    SortedMap<String, String> discovered,
    LabelSet labels,
    TargetUrl url,
    Duration interval,
    Duration timeout) {

  /** What makes it the same target as one of a former look at the discovery. */
  public Identity identity() {
    return new Identity(job.name(), labels, url);
  }

  public record Identity(String job, LabelSet labels, TargetUrl url) {}
}
