/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Figures and their bounds: each is printed when it is known, and all are held at the end. */
final class Findings {
  private static final Logger LOG = LoggerFactory.getLogger(Findings.class);

  private final List<String> broken = new ArrayList<>();

  /** A figure that nothing is demanded of. */
  void note(String what, Object figure) {
    LOG.info("{}: {}", what, figure);
  }

  void atMost(String what, long figure, long bound) {
    hold(what + ": " + figure + " (bound: <= " + bound + ")", figure <= bound);
  }

  void exactly(String what, long figure, long expected) {
    hold(what + ": " + figure + " (expected: " + expected + ")", figure == expected);
  }

  void none(String what, List<?> found) {
    hold(
        what + ": " + found.size() + " (bound: 0) " + found.stream().limit(3).toList(),
        found.isEmpty());
  }

  private void hold(String line, boolean isHeld) {
    LOG.info("{}{}", line, isHeld ? "" : " BROKEN");
    if (!isHeld) {
      broken.add(line);
    }
  }

  void expectAllHeld() {
    assertThat(broken).isEmpty();
  }
}
