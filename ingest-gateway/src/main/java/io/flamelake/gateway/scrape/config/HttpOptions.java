/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How requests of a job are sent.
 *
 * @param proxyUrl the HTTP proxy they go through
 * @param headers what is sent beside the headers a scrape has anyway
 */
public record HttpOptions(
    @Nullable Credentials credentials,
    TlsConfig tls,
    @Nullable URI proxyUrl,
    SortedMap<String, List<Secret>> headers,
    boolean followRedirects) {

  public static final HttpOptions DEFAULT =
      new HttpOptions(null, TlsConfig.DEFAULT, null, new TreeMap<>(), true);

  public HttpOptions {
    requireNonNull(tls, "tls");
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
  }
}
