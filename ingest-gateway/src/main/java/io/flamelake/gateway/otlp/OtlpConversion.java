/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import io.flamelake.gateway.intake.PushedSeries;
import io.flamelake.model.DiscardReason;
import it.unimi.dsi.fastutil.ints.IntList;
import java.util.List;

/**
 * What became of an export.
 *
 * @param profileCount how many profiles it had; they are numbered from 0, in their order
 * @param series what is to be pushed, without anything of the refused profiles
 * @param refused what is not
 */
public record OtlpConversion(int profileCount, List<Series> series, List<Refusal> refused) {

  /**
   * A series and the profiles it is made of.
   *
   * @param profileNumbers the number of the profile that each of the series' pprofs comes from; a
   *     profile of several services is in several series
   */
  public record Series(PushedSeries pushed, IntList profileNumbers) {}

  /** A profile that cannot be stored, for a reason that lies in it alone. */
  public record Refusal(int profileNumber, DiscardReason reason, int bytes, String message) {}
}
