/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.testkit.ProfileSynthesizer;
import io.flamelake.testkit.SyntheticProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The uploads of each format: the same profiles as pprof and as OTLP, a recording as JFR. */
final class FormatUploads {
  private static final int SERVICES = 4;
  private static final int PODS = 10;

  private final Path dir;
  private final List<PodProfiles> pods =
      PodProfiles.of(
          ProfileSynthesizer.builder().services(SERVICES).podsPerService(PODS).build(),
          Instant.now());
  private final Map<ClientFormat, List<Upload>> made = new EnumMap<>(ClientFormat.class);

  /**
   * @param dir where a recording is written
   */
  FormatUploads(Path dir) {
    this.dir = dir;
  }

  List<Upload> of(ClientFormat format) throws IOException {
    List<Upload> uploads = made.get(format);
    if (uploads == null) {
      uploads =
          switch (format) {
            case PPROF -> profiles().map(PprofUploads::connect).toList();
            case PPROF_GRPC -> profiles().map(PprofUploads::grpc).toList();
            case OTLP -> pods.stream().map(pod -> OtlpUploads.http(pod.profiles())).toList();
            case OTLP_GRPC -> pods.stream().map(pod -> OtlpUploads.grpc(pod.profiles())).toList();
            case JFR -> recordings();
          };
      made.put(format, uploads);
    }

    return uploads;
  }

  private Stream<SyntheticProfile> profiles() {
    return pods.stream().flatMap(pod -> pod.profiles().stream());
  }

  private List<Upload> recordings() throws IOException {
    JfrRecording jfr = JfrRecording.record(dir);
    Instant until = Instant.now();
    return IntStream.range(0, PODS).mapToObj(pod -> JfrUploads.ingest(jfr, pod, until)).toList();
  }
}
