/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** How requests prove who sends them. */
public sealed interface Credentials {

  /** The value of the header {@code Authorization}. */
  String header() throws IOException;

  /** Whether a part of it is read from a file. */
  boolean isInFile();

  /** A user's name and password. */
  record Basic(Secret username, Secret password) implements Credentials {
    @Override
    public String header() throws IOException {
      byte[] pair = (username.read() + ':' + password.read()).getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public boolean isInFile() {
      return username.isInFile() || password.isInFile();
    }
  }

  /** A token of some type, {@code Bearer} mostly. */
  record Token(String type, Secret token) implements Credentials {
    @Override
    public String header() throws IOException {
      return type + ' ' + token.read();
    }

    @Override
    public boolean isInFile() {
      return token.isInFile();
    }
  }
}
