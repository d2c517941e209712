/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static java.util.Objects.requireNonNull;

/** A name and its value; any text is allowed in both, limits are the gateway's business. */
public record Label(String name, String value) {

  public Label {
    requireNonNull(name, "name");
    requireNonNull(value, "value");
  }
}
