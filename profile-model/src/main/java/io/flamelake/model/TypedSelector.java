/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static java.util.Objects.requireNonNull;

/** A profile type and which of its series are meant. */
public record TypedSelector(ProfileType type, Selector selector) {

  public TypedSelector {
    requireNonNull(type, "type");
    requireNonNull(selector, "selector");
  }
}
