/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.limits.LabelRules;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.limits.RejectedProfileException;
import io.flamelake.gateway.relabel.RelabelRules;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.Label;
import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.normalize.SampleGroups;
import io.flamelake.model.pprof.Pprof;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies a tenant's rules to a pprof. A rule sees the labels that rows will have, those of samples
 * among them, and type and unit of the values; what it makes of them can differ between sample
 * types and between groups of samples. A record has one set of labels, so such a pprof becomes
 * several.
 *
 * <p>Mostly all types get the same labels and no rule asks for labels of samples; then the pprof
 * stays as it is.
 */
final class ProfileRelabeler {

  /** Rules that make more series of one profile do not fit what is sent. */
  private static final int MAX_PARTS = 1_000;

  private final LabelRules labelRules;
  private final RelabelRules rules;
  private final RelabelRules sampleTypeRules;

  ProfileRelabeler(Limits limits, LabelRules labelRules) {
    this.labelRules = requireNonNull(labelRules, "labelRules");
    this.rules = limits.relabelling().allRules();
    this.sampleTypeRules = limits.relabelling().sampleTypeRules();
  }

  /**
   * Applies the rules. A pprof of which they drop everything has no parts.
   *
   * @param labels made by {@link LabelRules#prepare}
   * @throws RejectedProfileException if names cannot be sanitized, or there are too many parts
   */
  RelabelledProfile relabel(LabelSet labels, Pprof pprof) {
    BitSet types = keptTypes(labels, pprof);
    Set<String> sampleNames = SampleGroups.names(pprof);
    boolean seesSamples = rules.mayTouch(sampleNames) || labelRules.sanitizesAny(sampleNames);
    SampleGroups groups = seesSamples ? new SampleGroups(labels, pprof) : null;
    int groupCount = groups == null ? 1 : groups.count();
    List<Cell> cells = new ArrayList<>();
    for (int group = 0; group < groupCount; group++) {
      LabelSet own = groups == null ? LabelSet.EMPTY : groups.labels(group);
      addCells(group, own, labels.merge(own), types, pprof, cells);
    }

    boolean keepsSampleLabels = canKeepSampleLabels(cells, labels, sampleNames);
    Map<LabelSet, List<Cell>> parts = new LinkedHashMap<>();
    for (Cell cell : cells) {
      LabelSet key = keepsSampleLabels ? cell.seriesLabels() : cell.labels();
      parts.computeIfAbsent(key, k -> new ArrayList<>()).add(cell);
    }

    if (parts.size() > MAX_PARTS) {
      throw new RejectedProfileException(
          DiscardReason.SERIES_LIMIT,
          "profile with labels '%s' becomes %d series by relabelling rules; limit %d"
              .formatted(LabelRules.describe(labels), parts.size(), MAX_PARTS));
    }

    boolean hasDropped = cells.size() < groupCount * pprof.sampleTypeCount();
    if (keepsSampleLabels && parts.size() == 1 && !hasDropped) {
      return new RelabelledProfile(
          List.of(new RelabelledPart(cells.get(0).seriesLabels(), null)), false);
    }

    List<RelabelledPart> result = new ArrayList<>(parts.size());
    parts.forEach(
        (partLabels, partCells) ->
            result.add(
                new RelabelledPart(
                    partLabels,
                    new PartSelection(pprof, types, groups, partCells, keepsSampleLabels))));
    return new RelabelledProfile(result, hasDropped);
  }

  private BitSet keptTypes(LabelSet labels, Pprof pprof) {
    BitSet types = new BitSet();
    for (int type = 0; type < pprof.sampleTypeCount(); type++) {
      if (sampleTypeRules.isEmpty()
          || sampleTypeRules.apply(withType(labels, pprof, type)) != null) {
        types.set(type);
      }
    }

    return types;
  }

  private void addCells(
      int group, LabelSet own, LabelSet before, BitSet types, Pprof pprof, List<Cell> cells) {
    for (int type = types.nextSetBit(0); type >= 0; type = types.nextSetBit(type + 1)) {
      LabelSet changed = rules.apply(withType(before, pprof, type));
      if (changed != null) {
        LabelSet after = changed.without(LabelNames.TYPE, LabelNames.UNIT);
        cells.add(new Cell(group, type, own, labelRules.sanitize(after)));
      }
    }
  }

  private static LabelSet withType(LabelSet labels, Pprof pprof, int type) {
    return labels
        .with(LabelNames.TYPE, pprof.sampleType(type))
        .with(LabelNames.UNIT, pprof.sampleUnit(type));
  }

  /**
   * Whether readers, who add samples' labels to those of the series where that has no value, come
   * to the same as the rules; and whether no series is made in two ways, because of two records
   * with one profile id readers take one series only once.
   */
  private static boolean canKeepSampleLabels(
      List<Cell> cells, LabelSet pushed, Set<String> sampleNames) {
    List<String> hidden =
        sampleNames.stream().filter(name -> pushed.findValue(name) != null).toList();
    Map<LabelSet, LabelSet> seriesByLabels = new HashMap<>();
    for (Cell cell : cells) {
      LabelSet series = cell.seriesLabels();
      LabelSet known = seriesByLabels.putIfAbsent(cell.labels(), series);
      boolean isKept =
          cell.labels().project(cell.ownNames()).equals(cell.own())
              && hidden.stream().allMatch(name -> series.findValue(name) != null)
              && (known == null || known.equals(series));
      if (!isKept) {
        return false;
      }
    }

    return true;
  }

  /**
   * The values of one sample type in the samples of one group.
   *
   * @param own what the group's samples add to the labels pushed
   * @param labels what the rules made of all labels
   */
  record Cell(int group, int type, LabelSet own, LabelSet labels) {

    private List<String> ownNames() {
      return own.labels().stream().map(Label::name).toList();
    }

    /** The labels without those of the samples. */
    private LabelSet seriesLabels() {
      return own.isEmpty() ? labels : labels.without(ownNames().toArray(new String[0]));
    }
  }

  /**
   * What the rules made of a pprof.
   *
   * @param hasDropped whether they dropped something
   */
  record RelabelledProfile(List<RelabelledPart> parts, boolean hasDropped) {}

  /**
   * A part of a pprof.
   *
   * @param selection null for all of it
   */
  record RelabelledPart(LabelSet labels, @Nullable PartSelection selection) {}
}
