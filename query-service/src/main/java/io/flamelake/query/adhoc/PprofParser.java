/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.adhoc;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.normalize.StackTraces;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.query.adhoc.UploadedProfile.Measured;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Reads a pprof as the ingest job does, so that names are those of stored profiles. */
final class PprofParser {
  private static final UUID NO_ID = new UUID(0, 0);
  private static final LabelSet LABELS =
      LabelSet.of("__name__", "uploaded", "service_name", "uploaded");

  private PprofParser() {}

  static UploadedProfile parse(byte[] content) {
    Pprof pprof = PprofDecoder.decode(content, PprofLimits.STORED);
    Map<String, CallTreeBuilder> trees = new LinkedHashMap<>();
    for (int type = 0; type < pprof.sampleTypeCount(); type++) {
      trees.put(key(pprof, type), CallTree.builder());
    }

    new ProfileNormalizer()
        .normalize(
            TenantId.ANONYMOUS,
            NO_ID,
            0,
            LABELS,
            pprof,
            row -> {
              CallTreeBuilder tree =
                  trees.get(key(row.type().sampleType(), row.type().sampleUnit()));
              if (tree != null) {
                add(row, tree);
              }
            });
    Map<String, Measured> types = new LinkedHashMap<>();
    for (int type = 0; type < pprof.sampleTypeCount(); type++) {
      CallTreeBuilder tree = trees.get(key(pprof, type));
      if (tree != null) {
        types.put(pprof.sampleType(type), new Measured(tree.build(), pprof.sampleUnit(type)));
      }
    }

    return new UploadedProfile(types, pprof.defaultSampleType());
  }

  private static String key(Pprof pprof, int type) {
    return key(pprof.sampleType(type), pprof.sampleUnit(type));
  }

  private static String key(String type, String unit) {
    return type + ':' + unit;
  }

  private static void add(ProfileRow row, CallTreeBuilder tree) {
    StackTraces stacks = row.stacks();
    int[] functions = new int[64];
    for (int sample = 0; sample < row.stackIds().length; sample++) {
      int stack = stacks.indexOf(row.stackIds()[sample]);
      int depth = stacks.depth(stack);
      if (depth > functions.length) {
        functions = new int[2 * depth];
      }

      for (int frame = 0; frame < depth; frame++) {
        functions[frame] = tree.function(stacks.function(stack, frame));
      }

      tree.add(functions, 0, depth, row.values()[sample]);
    }
  }
}
