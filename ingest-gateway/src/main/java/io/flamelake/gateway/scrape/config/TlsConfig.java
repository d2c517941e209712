/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What HTTPS connections trust and present.
 *
 * @param caFile certificates to trust in place of the JDK's
 * @param certFile the client's certificate chain, with {@code keyFile}
 * @param serverName the name that is asked for and verified in place of the address's host
 */
public record TlsConfig(
    @Nullable Path caFile,
    @Nullable Path certFile,
    @Nullable Path keyFile,
    @Nullable String serverName,
    boolean insecureSkipVerify) {

  public static final TlsConfig DEFAULT = new TlsConfig(null, null, null, null, false);

  /** The files it is made of, whose change needs new connections. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (@Nullable Path file : Arrays.asList(caFile, certFile, keyFile)) {
      if (file != null) {
        files.add(file);
      }
    }

    return files;
  }
}
