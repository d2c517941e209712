/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.rest.RestCatalogProtocol;
import io.flamelake.server.config.CatalogSettings;
import io.flamelake.server.config.FlamelakeConfig;
import io.flamelake.server.config.Target;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether and where this process serves its catalog to others. */
final class CatalogEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogEndpoint.class);

  static final String PATH = "/iceberg";

  /** A commit names its files by manifests, so even a large one is a few kilobytes. */
  private static final long MAX_REQUEST_BYTES = 16 << 20;

  private CatalogEndpoint() {}

  /**
   * Returns the targets to run: without the catalog where it cannot be served, and everything was
   * asked for.
   *
   * @throws StartException if it cannot be served and was asked for by its name
   */
  static Set<Target> targets(FlamelakeConfig config) {
    Set<Target> targets = config.server().targets();
    String obstacle = config.catalog().findRestObstacle();
    if (obstacle == null || !targets.contains(Target.CATALOG)) {
      return targets;
    }

    if (!targets.equals(EnumSet.allOf(Target.class))) {
      throw new StartException("Cannot run target catalog: " + obstacle);
    }

    LOG.info("This process serves no REST catalog: {}", obstacle);
    Set<Target> others = EnumSet.copyOf(targets);
    others.remove(Target.CATALOG);
    return others;
  }

  static void configure(ServerBuilder builder, LakeCatalog catalog, CatalogSettings settings) {
    RestCatalogProtocol protocol =
        new RestCatalogProtocol(catalog.iceberg(), settings.properties(), settings.restAccess());
    builder
        .route()
        .pathPrefix(PATH)
        .maxRequestLength(MAX_REQUEST_BYTES)
        .build(new RestCatalogService(PATH, protocol));
  }
}
