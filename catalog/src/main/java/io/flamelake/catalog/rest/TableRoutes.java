/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import io.flamelake.catalog.rest.RestRoute.Effect;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.Endpoint;
import org.apache.iceberg.rest.RESTCatalogProperties;
import org.apache.iceberg.rest.RESTCatalogProperties.SnapshotMode;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.RegisterTableRequest;
import org.apache.iceberg.rest.requests.RenameTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ListTablesResponse;
import org.apache.iceberg.rest.responses.LoadTableResponse;
import org.jspecify.annotations.Nullable;

/** The endpoints of tables. */
final class TableRoutes {
  private final Catalog catalog;

  TableRoutes(Catalog catalog) {
    this.catalog = catalog;
  }

  List<RestRoute> routes() {
    return List.of(
        new RestRoute(Endpoint.V1_LIST_TABLES, Effect.READ, this::list),
        new RestRoute(Endpoint.V1_CREATE_TABLE, Effect.WRITE, this::create),
        new RestRoute(Endpoint.V1_REGISTER_TABLE, Effect.WRITE, this::register),
        new RestRoute(Endpoint.V1_LOAD_TABLE, Effect.READ, this::load),
        new RestRoute(Endpoint.V1_TABLE_EXISTS, Effect.READ, this::check),
        new RestRoute(Endpoint.V1_UPDATE_TABLE, Effect.WRITE, this::commit),
        new RestRoute(Endpoint.V1_DELETE_TABLE, Effect.WRITE, this::drop),
        new RestRoute(Endpoint.V1_RENAME_TABLE, Effect.WRITE, this::rename),
        new RestRoute(Endpoint.V1_REPORT_METRICS, Effect.READ, TableRoutes::ignoreMetrics));
  }

  private ListTablesResponse list(RestCall call) {
    RestPage<TableIdentifier> page =
        RestPage.of(catalog.listTables(call.namespace()), TableIdentifier::name, call);
    return ListTablesResponse.builder()
        .addAll(page.elements())
        .nextPageToken(page.nextToken())
        .build();
  }

  private LoadTableResponse create(RestCall call) {
    CreateTableRequest request = call.body(CreateTableRequest.class);
    return request.stageCreate()
        ? CatalogHandlers.stageTableCreate(catalog, call.namespace(), request)
        : CatalogHandlers.createTable(catalog, call.namespace(), request);
  }

  private LoadTableResponse register(RestCall call) {
    return CatalogHandlers.registerTable(
        catalog, call.namespace(), call.body(RegisterTableRequest.class));
  }

  private LoadTableResponse load(RestCall call) {
    return CatalogHandlers.loadTable(catalog, call.table(), snapshots(call));
  }

  private static SnapshotMode snapshots(RestCall call) {
    String mode = call.findParameter(RESTCatalogProperties.SNAPSHOTS_QUERY_PARAMETER);
    if (mode == null) {
      return RESTCatalogProperties.SNAPSHOT_LOADING_MODE_DEFAULT;
    }

    return switch (mode.toLowerCase(Locale.ROOT)) {
      case "all" -> SnapshotMode.ALL;
      case "refs" -> SnapshotMode.REFS;
      default -> throw new BadRequestException("snapshots: %s (expected: all or refs)", mode);
    };
  }

  private @Nullable Object check(RestCall call) {
    CatalogHandlers.tableExists(catalog, call.table());
    return null;
  }

  private LoadTableResponse commit(RestCall call) {
    return CatalogHandlers.updateTable(catalog, call.table(), call.body(UpdateTableRequest.class));
  }

  private @Nullable Object drop(RestCall call) {
    if (call.isTrue("purgeRequested")) {
      CatalogHandlers.purgeTable(catalog, call.table());
    } else {
      CatalogHandlers.dropTable(catalog, call.table());
    }

    return null;
  }

  private @Nullable Object rename(RestCall call) {
    CatalogHandlers.renameTable(catalog, call.body(RenameTableRequest.class));
    return null;
  }

  /** Clients report what a scan cost them, also when nobody keeps it. */
  private static @Nullable Object ignoreMetrics(RestCall call) {
    return null;
  }
}
