/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import io.flamelake.catalog.rest.RestRoute.Effect;
import java.util.List;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.catalog.ViewCatalog;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.Endpoint;
import org.apache.iceberg.rest.requests.CreateViewRequest;
import org.apache.iceberg.rest.requests.RegisterViewRequest;
import org.apache.iceberg.rest.requests.RenameTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ListTablesResponse;
import org.apache.iceberg.rest.responses.LoadViewResponse;
import org.jspecify.annotations.Nullable;

/** The endpoints of views, of a catalog that has them. */
final class ViewRoutes {
  private final ViewCatalog catalog;

  ViewRoutes(ViewCatalog catalog) {
    this.catalog = catalog;
  }

  List<RestRoute> routes() {
    return List.of(
        new RestRoute(Endpoint.V1_LIST_VIEWS, Effect.READ, this::list),
        new RestRoute(Endpoint.V1_CREATE_VIEW, Effect.WRITE, this::create),
        new RestRoute(Endpoint.V1_REGISTER_VIEW, Effect.WRITE, this::register),
        new RestRoute(Endpoint.V1_LOAD_VIEW, Effect.READ, this::load),
        new RestRoute(Endpoint.V1_VIEW_EXISTS, Effect.READ, this::check),
        new RestRoute(Endpoint.V1_UPDATE_VIEW, Effect.WRITE, this::commit),
        new RestRoute(Endpoint.V1_DELETE_VIEW, Effect.WRITE, this::drop),
        new RestRoute(Endpoint.V1_RENAME_VIEW, Effect.WRITE, this::rename));
  }

  private ListTablesResponse list(RestCall call) {
    RestPage<TableIdentifier> page =
        RestPage.of(catalog.listViews(call.namespace()), TableIdentifier::name, call);
    return ListTablesResponse.builder()
        .addAll(page.elements())
        .nextPageToken(page.nextToken())
        .build();
  }

  private LoadViewResponse create(RestCall call) {
    return CatalogHandlers.createView(
        catalog, call.namespace(), call.body(CreateViewRequest.class));
  }

  private LoadViewResponse register(RestCall call) {
    return CatalogHandlers.registerView(
        catalog, call.namespace(), call.body(RegisterViewRequest.class));
  }

  private LoadViewResponse load(RestCall call) {
    return CatalogHandlers.loadView(catalog, call.view());
  }

  private @Nullable Object check(RestCall call) {
    CatalogHandlers.viewExists(catalog, call.view());
    return null;
  }

  private LoadViewResponse commit(RestCall call) {
    return CatalogHandlers.updateView(catalog, call.view(), call.body(UpdateTableRequest.class));
  }

  private @Nullable Object drop(RestCall call) {
    CatalogHandlers.dropView(catalog, call.view());
    return null;
  }

  private @Nullable Object rename(RestCall call) {
    CatalogHandlers.renameView(catalog, call.body(RenameTableRequest.class));
    return null;
  }
}
