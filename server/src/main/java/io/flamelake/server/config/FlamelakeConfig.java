/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

/** The whole configuration, one record per concern. */
public record FlamelakeConfig(
    ServerConfig server,
    HttpConfig http,
    StorageConfig storage,
    CatalogSettings catalog,
    TenancyConfig tenancy,
    GatewaySettings gateway,
    IngesterSettings ingester,
    QuerySettings query,
    EngineSettings engine,
    LimitsConfig limits,
    SelfProfilingConfig selfProfiling) {}
