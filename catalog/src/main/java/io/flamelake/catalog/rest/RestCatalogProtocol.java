/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.rest.RestRoute.Effect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.ViewCatalog;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.rest.Endpoint;
import org.apache.iceberg.rest.ResourcePaths;
import org.apache.iceberg.rest.responses.ConfigResponse;

/**
 * Serves an Iceberg catalog by the Iceberg REST protocol, on Iceberg's own handlers.
 *
 * <p>One catalog without a prefix, no authentication, no credentials for clients. Commits of
 * several tables at once are not among the endpoints: the JDBC catalogs behind this cannot make
 * them atomic. Thread-safe; calls block on the database and the object store.
 */
public final class RestCatalogProtocol {
  private static final String CONFIG_PATH = "/" + ResourcePaths.config();

  private static final String TRANSACTION_PATH = "/v1/transactions/commit";
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int NOT_IMPLEMENTED = 501;

  /** What a client needs to read files by, if it does not say otherwise itself. Never a secret. */
  private static final List<String> PUBLISHED_PROPERTIES =
      List.of("client.region", "s3.endpoint", "s3.path-style-access", "s3.region");

  private final List<RestRoute> routes;
  private final RestAccess access;
  private final ConfigResponse config;

  /**
   * @param properties of the catalog; those that say where files are reach the clients, those that
   *     say by which key do not
   */
  public RestCatalogProtocol(Catalog catalog, Map<String, String> properties, RestAccess access) {
    this.routes = routes(requireNonNull(catalog, "catalog"));
    this.access = requireNonNull(access, "access");
    // Iceberg asks the map for a null key, which the sorted ones refuse.
    Map<String, String> published = new HashMap<>(properties);
    published.keySet().retainAll(PUBLISHED_PROPERTIES);
    this.config =
        ConfigResponse.builder().withDefaults(published).withEndpoints(endpoints()).build();
  }

  /** Answers a request; what is wrong with it, or goes wrong, is an answer too. */
  public RestResponse handle(RestRequest request) {
    if (request.path().equals(CONFIG_PATH)) {
      return request.method().equals("GET")
          ? new RestResponse(RestResponse.OK, RestJson.write(config))
          : wrongMethod(request, List.of("GET"));
    }

    List<String> methods = new ArrayList<>();
    try {
      for (RestRoute route : routes) {
        Map<String, String> variables = route.findVariables(request.path());
        if (variables == null) {
          continue;
        }

        if (route.endpoint().httpMethod().equals(request.method())) {
          return handle(request, route, variables);
        }

        methods.add(route.endpoint().httpMethod());
      }
    } catch (IllegalArgumentException e) {
      return RestErrors.of(request, Effect.READ, e);
    }

    return methods.isEmpty() ? unknownPath(request) : wrongMethod(request, methods);
  }

  private RestResponse handle(RestRequest request, RestRoute route, Map<String, String> variables) {
    if (!isAllowed(route)) {
      return RestErrors.of(
          request,
          route.effect(),
          new ForbiddenException("%s: this catalog is read-only here", route.endpoint()));
    }

    Object answer;
    try {
      answer = route.handler().handle(new RestCall(variables, request.query(), request.body()));
    } catch (RuntimeException e) {
      return RestErrors.of(request, route.effect(), e);
    }

    return answer == null
        ? new RestResponse(RestResponse.NO_CONTENT, new byte[0])
        : new RestResponse(RestResponse.OK, RestJson.write(answer));
  }

  private boolean isAllowed(RestRoute route) {
    return route.effect() == Effect.READ || access == RestAccess.READ_WRITE;
  }

  private List<Endpoint> endpoints() {
    return routes.stream().filter(this::isAllowed).map(RestRoute::endpoint).toList();
  }

  private static List<RestRoute> routes(Catalog catalog) {
    List<RestRoute> routes = new ArrayList<>(new TableRoutes(catalog).routes());
    if (catalog instanceof SupportsNamespaces namespaces) {
      routes.addAll(new NamespaceRoutes(namespaces).routes());
    }

    if (catalog instanceof ViewCatalog views) {
      routes.addAll(new ViewRoutes(views).routes());
    }

    return List.copyOf(routes);
  }

  private static RestResponse unknownPath(RestRequest request) {
    if (request.path().equals(TRANSACTION_PATH)) {
      return RestErrors.of(
          NOT_IMPLEMENTED,
          UnsupportedOperationException.class.getSimpleName(),
          "A commit of several tables at once would not be atomic");
    }

    return RestErrors.of(
        NOT_FOUND, NotFoundException.class.getSimpleName(), "No such endpoint: " + request.path());
  }

  private static RestResponse wrongMethod(RestRequest request, List<String> allowed) {
    return RestErrors.of(
        METHOD_NOT_ALLOWED,
        BadRequestException.class.getSimpleName(),
        request.method() + " " + request.path() + " (expected: " + allowed + ")");
  }
}
