/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import io.flamelake.gateway.format.ConvertedProfile;
import io.flamelake.gateway.intake.PushedProfile;
import io.flamelake.gateway.intake.PushedSeries;
import io.flamelake.gateway.limits.LabelRules;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.model.Label;
import io.flamelake.model.LabelNames;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofGzip;
import java.util.ArrayList;
import java.util.List;

/** Makes series of what was sent to {@code /ingest}. */
final class IngestSeries {

  private static final String APP_NAME = "app_name";
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** Times before this are of 1970: the client's clock knew no date. */
  private static final long END_OF_1970_NANOS = 365L * 24 * 3600 * NANOS_PER_SECOND;

  private IngestSeries() {}

  /**
   * Makes the series of a pprof.
   *
   * @throws MalformedProfileException if it cannot be read
   * @throws IllegalArgumentException if its profiler's habits cannot be repaired
   */
  static PushedSeries of(IngestParameters parameters, PprofUpload upload, Limits limits) {
    byte[] bytes = PprofGzip.decompress(upload.profile(), limits.maxProfileBytes());
    bytes = SpyRepairs.repair(parameters.spyName(), bytes);
    Pprof pprof = PprofDecoder.decode(bytes, limits.pprofLimits());

    String name = ProfileName.of(pprof, upload.sampleTypeConfigs());
    if (pprof.timeNanos() >= 0 && pprof.timeNanos() < END_OF_1970_NANOS) {
      bytes = PprofTime.replace(bytes, parameters.fromNanos());
    }

    List<Label> labels = labels(parameters, name);
    if (!has(labels, LabelNames.SERVICE_NAME)) {
      labels.add(new Label(LabelNames.SERVICE_NAME, parameters.name().app()));
    }

    return new PushedSeries(labels, List.of(new PushedProfile(bytes, null)));
  }

  /** Makes the series of a profile that was converted. */
  static PushedSeries of(IngestParameters parameters, ConvertedProfile profile) {
    List<Label> labels = labels(parameters, profile.name());
    for (Label label : profile.labels()) {
      if (!has(labels, label.name())) {
        labels.add(label);
      }
    }

    String app = has(labels, LabelNames.SERVICE_NAME) ? APP_NAME : LabelNames.SERVICE_NAME;
    if (!has(labels, app)) {
      labels.add(new Label(app, profile.app()));
    }

    return new PushedSeries(labels, List.of(new PushedProfile(profile.pprof(), null)));
  }

  private static List<Label> labels(IngestParameters parameters, String name) {
    List<Label> labels = new ArrayList<>(parameters.name().labels());
    labels.removeIf(label -> label.name().equals(LabelRules.SPY));
    labels.add(new Label(LabelNames.NAME, name));
    labels.add(new Label(LabelNames.DELTA, "false"));
    labels.add(new Label(LabelRules.SPY, parameters.spyName()));
    return labels;
  }

  private static boolean has(List<Label> labels, String name) {
    return labels.stream().anyMatch(label -> label.name().equals(name));
  }
}
