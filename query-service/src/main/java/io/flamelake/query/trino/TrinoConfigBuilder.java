/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds a {@link TrinoConfig}; what is not set keeps its default. */
public final class TrinoConfigBuilder {
  private final String url;
  private String user = "flamelake";
  private @Nullable String password;
  private @Nullable String accessToken;
  private TrinoTls tls = TrinoTls.OFF;
  private Map<String, String> sessionProperties = Map.of();
  private Duration queryTimeout = Duration.ofSeconds(60);
  private int maxConnections = 16;
  private long stackCacheBytes = 128L << 20;
  private long seriesCacheBytes = 128L << 20;

  TrinoConfigBuilder(String url) {
    this.url = url;
  }

  public TrinoConfigBuilder user(String value) {
    this.user = value;
    return this;
  }

  public TrinoConfigBuilder password(@Nullable String value) {
    this.password = value;
    return this;
  }

  public TrinoConfigBuilder accessToken(@Nullable String value) {
    this.accessToken = value;
    return this;
  }

  public TrinoConfigBuilder tls(TrinoTls value) {
    this.tls = value;
    return this;
  }

  public TrinoConfigBuilder sessionProperties(Map<String, String> value) {
    this.sessionProperties = value;
    return this;
  }

  public TrinoConfigBuilder queryTimeout(Duration value) {
    this.queryTimeout = value;
    return this;
  }

  public TrinoConfigBuilder maxConnections(int value) {
    this.maxConnections = value;
    return this;
  }

  /** Shares what is to be kept between stacks and label sets. */
  public TrinoConfigBuilder cacheBytes(long value) {
    this.stackCacheBytes = value - value / 3;
    this.seriesCacheBytes = value / 3;
    return this;
  }

  /**
   * @throws IllegalArgumentException if a value is out of its range or two contradict each other
   */
  public TrinoConfig build() {
    return new TrinoConfig(
        url,
        user,
        password,
        accessToken,
        tls,
        sessionProperties,
        queryTimeout,
        maxConnections,
        stackCacheBytes,
        seriesCacheBytes);
  }
}
