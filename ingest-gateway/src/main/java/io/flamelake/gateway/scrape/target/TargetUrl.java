/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.target;

/**
 * Where a profile is served.
 *
 * @param host a name or an address; an IPv6 address without brackets
 * @param path with the query, as it stands in a request
 */
public record TargetUrl(String scheme, String host, int port, String path) {

  /** Host and port, as in a URL. */
  public String authority() {
    return (host.contains(":") ? '[' + host + ']' : host) + ':' + port;
  }

  public String pathWithoutQuery() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  @Override
  public String toString() {
    return scheme + "://" + authority() + path;
  }
}
