/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import java.io.IOException;
import java.time.Duration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the catalog and its tables, and waits for a REST catalog that does not answer yet: the
 * processes of one system are often started at the same time.
 */
final class CatalogOpener {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogOpener.class);

  private final CatalogConfig config;
  private final Duration maxWait;
  private final Duration pause;

  CatalogOpener(CatalogConfig config, Duration maxWait, Duration pause) {
    this.config = config;
    this.maxWait = maxWait;
    this.pause = pause;
  }

  /**
   * Opens the catalog and creates or checks the tables.
   *
   * @throws StartException if there is no answer for so long
   */
  LakeCatalog open() {
    long deadline = System.nanoTime() + maxWait.toNanos();
    while (true) {
      try {
        return tryOpen();
      } catch (RESTException e) {
        if (!mayComeUp(e) || System.nanoTime() > deadline) {
          throw new StartException(
              "Cannot open the catalog at " + uri() + ": " + reason(e) + ". Is it running?", e);
        }

        LOG.warn("Waiting for the catalog at {}: {}", uri(), reason(e));
        pause();
      }
    }
  }

  private static boolean mayComeUp(RESTException failure) {
    return failure.getCause() instanceof IOException
        || failure instanceof ServiceUnavailableException;
  }

  private LakeCatalog tryOpen() {
    LakeCatalog catalog = LakeCatalog.open(config);
    try {
      catalog.tables();
      return catalog;
    } catch (RuntimeException e) {
      catalog.close();
      throw e;
    }
  }

  private String uri() {
    return config.properties().getOrDefault(CatalogProperties.URI, "");
  }

  private static String reason(RESTException failure) {
    Throwable cause = failure.getCause();
    return cause == null ? String.valueOf(failure.getMessage()) : cause.toString();
  }

  private void pause() {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("Interrupted while waiting for the catalog at " + uri(), e);
    }
  }
}
