/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import io.flamelake.catalog.rest.RestRoute.Effect;
import java.util.List;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.Endpoint;
import org.apache.iceberg.rest.RESTUtil;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.UpdateNamespacePropertiesRequest;
import org.apache.iceberg.rest.responses.CreateNamespaceResponse;
import org.apache.iceberg.rest.responses.GetNamespaceResponse;
import org.apache.iceberg.rest.responses.ListNamespacesResponse;
import org.apache.iceberg.rest.responses.UpdateNamespacePropertiesResponse;
import org.jspecify.annotations.Nullable;

/** The endpoints of namespaces. */
final class NamespaceRoutes {
  private final SupportsNamespaces catalog;

  NamespaceRoutes(SupportsNamespaces catalog) {
    this.catalog = catalog;
  }

  List<RestRoute> routes() {
    return List.of(
        new RestRoute(Endpoint.V1_LIST_NAMESPACES, Effect.READ, this::list),
        new RestRoute(Endpoint.V1_CREATE_NAMESPACE, Effect.WRITE, this::create),
        new RestRoute(Endpoint.V1_LOAD_NAMESPACE, Effect.READ, this::load),
        new RestRoute(Endpoint.V1_NAMESPACE_EXISTS, Effect.READ, this::check),
        new RestRoute(Endpoint.V1_UPDATE_NAMESPACE, Effect.WRITE, this::update),
        new RestRoute(Endpoint.V1_DELETE_NAMESPACE, Effect.WRITE, this::drop));
  }

  private ListNamespacesResponse list(RestCall call) {
    String parent = call.findParameter("parent");
    List<Namespace> all =
        parent == null || parent.isEmpty()
            ? catalog.listNamespaces()
            : catalog.listNamespaces(RESTUtil.namespaceFromQueryParam(parent));
    RestPage<Namespace> page = RestPage.of(all, Namespace::toString, call);
    return ListNamespacesResponse.builder()
        .addAll(page.elements())
        .nextPageToken(page.nextToken())
        .build();
  }

  private CreateNamespaceResponse create(RestCall call) {
    return CatalogHandlers.createNamespace(catalog, call.body(CreateNamespaceRequest.class));
  }

  private GetNamespaceResponse load(RestCall call) {
    return CatalogHandlers.loadNamespace(catalog, call.namespace());
  }

  private @Nullable Object check(RestCall call) {
    CatalogHandlers.namespaceExists(catalog, call.namespace());
    return null;
  }

  private UpdateNamespacePropertiesResponse update(RestCall call) {
    return CatalogHandlers.updateNamespaceProperties(
        catalog, call.namespace(), call.body(UpdateNamespacePropertiesRequest.class));
  }

  private @Nullable Object drop(RestCall call) {
    CatalogHandlers.dropNamespace(catalog, call.namespace());
    return null;
  }
}
