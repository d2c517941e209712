/**
 * The Iceberg REST catalog protocol, without an HTTP server: a request's method, path and body in,
 * a status and a body out. What Trino, Spark, DuckDB, PyIceberg and Flamelake's own processes reach
 * the tables by.
 *
 * <p>Starting point: {@link io.flamelake.catalog.rest.RestCatalogProtocol}.
 */
@NullMarked
package io.flamelake.catalog.rest;

import org.jspecify.annotations.NullMarked;
