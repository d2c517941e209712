/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import io.flamelake.gateway.intake.ProfileRelabeler.Cell;
import io.flamelake.model.normalize.SampleGroups;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofEncoder;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some values of a pprof, by sample type and group of samples. */
final class PartSelection implements PprofEncoder.Selection {

  private final Pprof pprof;
  private final BitSet allTypes;
  private final @Nullable SampleGroups groups;
  private final boolean keepsSampleLabels;
  private final BitSet types = new BitSet();

  /** By group, then type. */
  private final BitSet cells = new BitSet();

  /**
   * @param allTypes sample types that some part has: what they hold decides which samples count
   * @param groups null if all samples are one group
   * @param keepsSampleLabels whether the labels of samples stay with them, because the part's own
   *     labels do not have them
   */
  PartSelection(
      Pprof pprof,
      BitSet allTypes,
      @Nullable SampleGroups groups,
      List<Cell> cells,
      boolean keepsSampleLabels) {
    this.pprof = pprof;
    this.allTypes = allTypes;
    this.groups = groups;
    this.keepsSampleLabels = keepsSampleLabels;
    for (Cell cell : cells) {
      types.set(cell.type());
      this.cells.set(cell.group() * pprof.sampleTypeCount() + cell.type());
    }
  }

  /** Writes the part. */
  byte[] encode() {
    return PprofEncoder.encode(pprof, types, this);
  }

  @Override
  public boolean hasValue(int sample, int type) {
    int group = groups == null ? 0 : groups.group(sample);
    return cells.get(group * pprof.sampleTypeCount() + type) && !hasNegative(sample);
  }

  @Override
  public boolean hasLabel(int position) {
    return keepsSampleLabels || !SampleGroups.canGroup(pprof, position);
  }

  /** Readers drop such samples, and would not know it from a part without the negative value. */
  private boolean hasNegative(int sample) {
    return allTypes.stream().anyMatch(type -> pprof.value(sample, type) < 0);
  }
}
