/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is in a pprof, to compare it with. */
final class Pprofs {

  private static final Pattern TEXT_REFUSAL =
      Pattern.compile("Invalid utf8 string|Sample type contains -|Colon in (sample|period) ");

  private Pprofs() {}

  /** Decodes what a converter of ours has written, which must not fail. */
  static Pprof decode(byte[] written) {
    return PprofDecoder.decode(written, PprofLimits.STORED);
  }

  /**
   * Decodes what a converter has written that leaves the check of its texts to the intake's
   * decoder.
   *
   * @return null if a text is not UTF-8, or names a type that does not fit in a type id
   */
  static @Nullable Pprof decodeUnlessText(byte[] written) {
    try {
      return decode(written);
    } catch (MalformedProfileException e) {
      if (TEXT_REFUSAL.matcher(String.valueOf(e.getMessage())).lookingAt()) {
        return null;
      }

      throw e;
    }
  }

  /** Sums of one sample type by stack: names of functions, the root first. */
  static Map<List<String>, Long> sums(Pprof pprof, int type) {
    Map<List<String>, Long> sums = new HashMap<>();
    for (int sample = 0; sample < pprof.sampleCount(); sample++) {
      List<String> stack = new ArrayList<>();
      for (int i = pprof.stackStart(sample); i < pprof.stackEnd(sample); i++) {
        int location = pprof.location(i);
        for (int line = pprof.lineStart(location); line < pprof.lineEnd(location); line++) {
          stack.add(pprof.string(pprof.functionName(pprof.lineFunction(line))));
        }
      }

      Collections.reverse(stack);
      sums.merge(stack, pprof.value(sample, type), Long::sum);
    }

    return sums;
  }

  /** The sum of all samples' values of one type; large ones wrap around. */
  static long total(Pprof pprof, int type) {
    long total = 0;
    for (int sample = 0; sample < pprof.sampleCount(); sample++) {
      total += pprof.value(sample, type);
    }

    return total;
  }
}
