/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape;

import io.flamelake.gateway.scrape.config.JobConfig;
import io.flamelake.gateway.scrape.config.ScrapeConfigException;
import io.flamelake.model.XxHash64;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells whether the certificates of a job were renewed. */
final class TlsFiles {

  private TlsFiles() {}

  /**
   * A number that changes with the contents of the files.
   *
   * @throws ScrapeConfigException if one cannot be read
   */
  static long fingerprint(JobConfig job) {
    long fingerprint = 0;
    for (Path file : job.http().tls().files()) {
      try {
        fingerprint = XxHash64.hash(Files.readAllBytes(file), fingerprint);
      } catch (IOException e) {
        throw new ScrapeConfigException("Job " + job.name() + ": cannot read " + e.getMessage(), e);
      }
    }

    return fingerprint;
  }
}
