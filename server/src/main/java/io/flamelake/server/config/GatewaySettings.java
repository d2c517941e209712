/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import io.flamelake.gateway.GatewayConfig;
import io.flamelake.gateway.batch.SegmentBatcherConfig;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.limits.Relabelling;
import io.flamelake.gateway.limits.Sampling;
import io.flamelake.model.normalize.CumulativeTypes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Batching, memory and limits of the gateway. */
@ConfigSection("Gateway")
public record GatewaySettings(
    @ConfigKey(
            name = "gateway.segment.max-bytes",
            defaultValue = "auto",
            description =
                "Uncompressed size at which a segment is put without waiting. `auto`: 16 MiB; with"
                    + " multi-tenancy 4 MiB on S3 and 1 MiB on local disks, so that the segments of"
                    + " one who sends much do not make the others wait long, at the price of more"
                    + " puts above 16 MB/s.")
        @Nullable DataSize segmentMaxBytes,
    @ConfigKey(
            name = "gateway.segment.max-delay",
            defaultValue = "auto",
            description =
                "The longest a profile waits for others to share its segment; after a pause it is"
                    + " put at once. `auto`: 20 ms on local disks, 250 ms on S3.")
        @Nullable Duration segmentMaxDelay,
    @ConfigKey(
            name = "gateway.segment.lanes",
            defaultValue = "1",
            description = "Lanes written in parallel.")
        int segmentLanes,
    @ConfigKey(
            name = "gateway.segment.close-timeout",
            defaultValue = "8s",
            description = "How long a shutdown waits for the last puts and the seals.")
        Duration segmentCloseTimeout,
    @ConfigKey(
            name = "gateway.buffer.max-bytes",
            defaultValue = "auto",
            description =
                "Memory for requests and profiles that are not stored yet; beyond it pushes are"
                    + " answered with 503 and `Retry-After`. A quarter of it is the most one body"
                    + " may have. `auto`: a quarter of the heap, 512 MiB at most.")
        @Nullable DataSize bufferMaxBytes,
    @ConfigKey(
            name = "gateway.workers",
            defaultValue = "auto",
            description = "Threads that decode and validate. `auto`: one per processor.")
        @Nullable Integer workers,
    @ConfigKey(
            name = "gateway.request-timeout",
            defaultValue = "15s",
            description =
                "How long a push may take, its upload included; the answer waits for the store.")
        Duration requestTimeout,
    @ConfigKey(
            name = "gateway.limits.ingestion-body-bytes",
            defaultValue = "256MiB",
            description = "The largest request body, as sent and decompressed.")
        DataSize ingestionBodyBytes,
    @ConfigKey(
            name = "gateway.limits.ingestion-rate-bytes",
            defaultValue = "0B",
            description = "Uncompressed bytes a second and tenant; `0B` is unlimited.")
        DataSize ingestionRateBytes,
    @ConfigKey(
            name = "gateway.limits.ingestion-burst-bytes",
            defaultValue = "2MiB",
            description = "What may come at once beyond the rate, after a pause.")
        DataSize ingestionBurstBytes,
    @ConfigKey(
            name = "gateway.limits.max-label-name-length",
            defaultValue = "1024",
            description = "Bytes of a label's name.")
        int maxLabelNameLength,
    @ConfigKey(
            name = "gateway.limits.max-label-value-length",
            defaultValue = "2048",
            description = "Bytes of a label's value.")
        int maxLabelValueLength,
    @ConfigKey(
            name = "gateway.limits.max-label-names-per-series",
            defaultValue = "30",
            description = "Labels of a series, beside those that every series has.")
        int maxLabelNamesPerSeries,
    @ConfigKey(
            name = "gateway.limits.max-profile-bytes",
            defaultValue = "4MiB",
            description = "The largest uncompressed pprof.")
        DataSize maxProfileBytes,
    @ConfigKey(
            name = "gateway.limits.max-profile-samples",
            defaultValue = "16000",
            description = "Samples of a pprof.")
        int maxProfileSamples,
    @ConfigKey(
            name = "gateway.limits.max-profile-sample-labels",
            defaultValue = "100",
            description = "Labels of a sample.")
        int maxProfileSampleLabels,
    @ConfigKey(
            name = "gateway.limits.max-profile-stack-depth",
            defaultValue = "1000",
            description = "Locations of a stack, 1000 at most; deeper ones lose their leaves.")
        int maxProfileStackDepth,
    @ConfigKey(
            name = "gateway.limits.max-profile-symbol-bytes",
            defaultValue = "65535",
            description = "Bytes of a string, 65535 at most; longer ones keep their tail.")
        int maxProfileSymbolBytes,
    @ConfigKey(
            name = "gateway.limits.max-sessions-per-series",
            defaultValue = "0",
            description = "Values of `__session_id__` that are kept apart; `0` drops the label.")
        int maxSessionsPerSeries,
    @ConfigKey(
            name = "gateway.limits.sanitize-label-names",
            defaultValue = "false",
            description =
                "Whether dots in labels' names become underscores and other names than"
                    + " Prometheus' are refused.")
        boolean sanitizeLabelNames,
    @ConfigKey(
            name = "gateway.limits.reject-older-than",
            defaultValue = "1h",
            description = "The age from which profiles are refused; `0` takes any.")
        Duration rejectOlderThan,
    @ConfigKey(
            name = "gateway.limits.reject-newer-than",
            defaultValue = "10m",
            description = "How far ahead a profile's clock may be; `0` takes any.")
        Duration rejectNewerThan,
    @ConfigKey(
            name = "gateway.limits.delta-profiles",
            defaultValue = "memory,mutex,block",
            description =
                "Profiles whose cumulative types (Go's `alloc_*`, `contentions`, `delay`) are"
                    + " stored as differences, as a comma list; those that are not named, or all"
                    + " with `none`, are stored as they come.")
        String deltaProfiles) {

  public GatewaySettings {
    checkNames(deltaProfiles);
  }

  /**
   * The gateway's own configuration.
   *
   * @param remoteStore whether segments go to an object store and not to a local disk
   */
  public GatewayConfig toGatewayConfig(TenancyConfig tenancy, boolean remoteStore) {
    GatewayConfig defaults = GatewayConfig.defaults(remoteStore);
    return new GatewayConfig(
        tenancy.multitenancyEnabled(),
        bufferMaxBytes == null ? defaults.maxBufferBytes() : bufferMaxBytes.bytes(),
        workers == null ? defaults.workers() : workers,
        requestTimeout,
        toBatcherConfig(tenancy, remoteStore),
        toLimits());
  }

  private Limits toLimits() {
    return new Limits(
        ingestionBodyBytes.bytes(),
        ingestionRateBytes.bytes(),
        ingestionBurstBytes.bytes(),
        maxLabelNameLength,
        maxLabelValueLength,
        maxLabelNamesPerSeries,
        maxProfileBytes.bytes(),
        maxProfileSamples,
        maxProfileSampleLabels,
        maxProfileStackDepth,
        maxProfileSymbolBytes,
        maxSessionsPerSeries,
        sanitizeLabelNames,
        rejectOlderThan,
        rejectNewerThan,
        CumulativeTypes.parseNames(deltaProfiles),
        Relabelling.DEFAULT,
        Sampling.NONE);
  }

  private static void checkNames(String deltaProfiles) {
    try {
      CumulativeTypes.parseNames(deltaProfiles);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "gateway.limits.delta-profiles: '"
              + deltaProfiles
              + "' (expected: "
              + e.getMessage()
              + ")",
          e);
    }
  }

  private SegmentBatcherConfig toBatcherConfig(TenancyConfig tenancy, boolean remoteStore) {
    SegmentBatcherConfig defaults =
        tenancy.multitenancyEnabled()
            ? SegmentBatcherConfig.sharedDefaults(remoteStore)
            : SegmentBatcherConfig.defaults(remoteStore);
    return new SegmentBatcherConfig(
        segmentMaxBytes == null ? defaults.maxBytes() : segmentMaxBytes.bytes(),
        segmentMaxDelay == null ? defaults.maxDelay() : segmentMaxDelay,
        segmentLanes,
        segmentCloseTimeout);
  }
}
