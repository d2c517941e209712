/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.Pprof;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The label groups of one pprof's samples, as {@link ProfileNormalizer} will make rows of them, for
 * those who change labels before it does.
 */
public final class SampleGroups {

  private final int[] groups;
  private final List<LabelSet> labels = new ArrayList<>();

  /**
   * @param series the labels of the series as pushed
   */
  public SampleGroups(LabelSet series, Pprof pprof) {
    SampleLabels reader = new SampleLabels(series, pprof);
    this.groups = new int[pprof.sampleCount()];
    for (int sample = 0; sample < groups.length; sample++) {
      groups[sample] = reader.read(sample);
    }

    String[] seriesNames = series.labels().stream().map(Label::name).toArray(String[]::new);
    for (int group = 0; group < reader.groupCount(); group++) {
      labels.add(reader.labels(group).without(seriesNames));
    }
  }

  public int count() {
    return labels.size();
  }

  /** The group of a sample. */
  public int group(int sample) {
    return groups[sample];
  }

  /** What the samples of a group add to the labels of their series. */
  public LabelSet labels(int group) {
    return labels.get(group);
  }

  /**
   * The names of samples' labels that are, or that would be if their series had no value for them,
   * labels of a series.
   */
  public static Set<String> names(Pprof pprof) {
    boolean[] isSeen = new boolean[pprof.stringCount()];
    Set<String> names = new HashSet<>();
    int end = pprof.sampleCount() == 0 ? 0 : pprof.labelEnd(pprof.sampleCount() - 1);
    for (int i = 0; i < end; i++) {
      int key = pprof.labelKey(i);
      if (!isSeen[key] && pprof.stringLength(pprof.labelString(i)) > 0) {
        isSeen[key] = true;
        String name = pprof.string(key);
        if (SampleLabels.canGroup(name)) {
          names.add(name);
        }
      }
    }

    return names;
  }

  /** Whether a sample's label, by its position, is or would be a label of a series. */
  public static boolean canGroup(Pprof pprof, int position) {
    return pprof.stringLength(pprof.labelString(position)) > 0
        && SampleLabels.canGroup(pprof.string(pprof.labelKey(position)));
  }
}
