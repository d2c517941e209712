/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofGzip;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.testkit.TestProfiles;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {

  @Test
  void profilesOfOneGoProcessTellTheSame() {
    long heap = ProcessIdentity.of(decode(TestProfiles.goHeap()));
    assertThat(heap).isNotEqualTo(ProcessIdentity.UNKNOWN);
    assertThat(ProcessIdentity.of(decode(TestProfiles.goAllocs()))).isEqualTo(heap);
    assertThat(ProcessIdentity.of(decode(TestProfiles.goMutex()))).isEqualTo(heap);
    assertThat(ProcessIdentity.of(decode(TestProfiles.goBlock()))).isEqualTo(heap);
  }

  @Test
  void otherProfilesTellNothing() {
    byte[] pprof =
        new PprofBuilder()
            .addSampleType("alloc_space", "bytes")
            .addSample(List.of("main"), 1)
            .toByteArray();
    assertThat(ProcessIdentity.of(decode(pprof))).isEqualTo(ProcessIdentity.UNKNOWN);
  }

  private static Pprof decode(byte[] pprof) {
    return PprofDecoder.decode(
        PprofGzip.decompress(pprof, PprofLimits.STORED.maxBytes()), PprofLimits.STORED);
  }
}
