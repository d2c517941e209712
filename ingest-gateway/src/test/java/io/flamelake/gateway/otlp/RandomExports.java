/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.gateway.otlp.TestExport.number;
import static io.flamelake.gateway.otlp.TestExport.text;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Exports with some of everything. Each has a sample that tells its layout. */
final class RandomExports {

  private static final String[][] TYPES = {
    {"samples", "count", "cpu", "nanoseconds"},
    {"off_cpu", "nanoseconds", "", ""},
    {"alloc_space", "bytes", "space", "bytes"},
    {"events", "count", "", ""},
  };

  private final Random random;
  private final TestExport export = new TestExport();

  private RandomExports(int seed) {
    this.random = new Random(seed);
  }

  static ExportProfilesServiceRequest of(int seed) {
    return new RandomExports(seed).build();
  }

  private ExportProfilesServiceRequest build() {
    addFrames();
    for (int i = random.nextInt(8); i > 0; i--) {
      export.link(randomHex(16), randomHex(8));
    }

    String[] keys = {"thread.name", "http.route", "service.name", "process.executable.name"};
    for (int i = 0; i < 12; i++) {
      export.attribute(keys[random.nextInt(keys.length)], "v" + random.nextInt(3));
    }

    export.attribute("thread.id", number(random.nextLong()));
    export.attribute("is.main", AnyValue.newBuilder().setBoolValue(true).build());
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      addResource();
    }

    return export.build();
  }

  private void addFrames() {
    for (int i = 0; i < 3; i++) {
      export.add(
          Mapping.newBuilder()
              .setMemoryStart(random.nextLong())
              .setMemoryLimit(random.nextLong())
              .setFileOffset(random.nextInt(1 << 20))
              .setFilenameStrindex(export.string("/usr/lib/lib" + i + ".so"))
              .addAttributeIndices(
                  export.attribute("process.executable.build_id.gnu", randomHex(20))));
    }

    for (int i = 0; i < 20; i++) {
      Location.Builder location = Location.newBuilder().setMappingIndex(random.nextInt(4));
      if (random.nextInt(3) == 0) {
        location.setAddress(random.nextLong() | 1);
      } else {
        for (int line = 1 + random.nextInt(3); line > 0; line--) {
          location.addLines(export.line("f" + random.nextInt(30)));
        }
      }

      export.add(location);
    }

    for (int i = 0; i < 10; i++) {
      int[] stack = new int[random.nextInt(6)];
      for (int j = 0; j < stack.length; j++) {
        stack[j] = 1 + random.nextInt(20);
      }

      export.stack(stack);
    }
  }

  private void addResource() {
    Map<String, AnyValue> attributes = new LinkedHashMap<>();
    if (random.nextBoolean()) {
      attributes.put("service.name", text("s" + random.nextInt(3)));
    }

    attributes.put("k8s.pod.name", text("pod-" + random.nextInt(5)));
    attributes.put("process.pid", number(random.nextInt(1000)));
    attributes.put("fraction", AnyValue.newBuilder().setDoubleValue(0.5).build());
    attributes.put("one", array(text("only")));
    attributes.put("two", array(text("a"), text("b")));
    ResourceProfiles.Builder resource =
        ResourceProfiles.newBuilder()
            .setResource(Resource.newBuilder().addAllAttributes(TestExport.keyValues(attributes)));
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      ScopeProfiles.Builder scope = ScopeProfiles.newBuilder();
      if (random.nextBoolean()) {
        scope.setScope(
            InstrumentationScope.newBuilder()
                .setName("profiler")
                .addAllAttributes(
                    TestExport.keyValues(
                        Map.of("k8s.pod.name", text("ignored"), "scope", text("x" + i)))));
      }

      for (int j = 1 + random.nextInt(3); j > 0; j--) {
        scope.addProfiles(profile());
      }

      resource.addScopeProfiles(scope);
    }

    export.add(resource);
  }

  private Profile.Builder profile() {
    String[] type = TYPES[random.nextInt(TYPES.length)];
    Profile.Builder profile =
        Profile.newBuilder()
            .setSampleType(export.type(type[0], type[1]))
            .setPeriodType(export.type(type[2], type[3]))
            .setPeriod(1 + random.nextInt(1000))
            .setTimeUnixNano(1_700_000_000_000_000_000L + random.nextInt(1 << 30))
            .setDurationNano(1 + random.nextInt(1 << 30))
            .setProfileId(ByteString.copyFrom(HexFormat.of().parseHex(randomHex(16))))
            .setOriginalPayload(ByteString.copyFrom(new byte[random.nextInt(100)]));
    for (int i = 1 + random.nextInt(15); i > 0; i--) {
      profile.addSamples(sample());
    }

    return profile.addSamples(
        Sample.newBuilder()
            .setStackIndex(1)
            .addValues(5)
            .addAttributeIndices(export.attribute("thread.name", "teller")));
  }

  private Sample.Builder sample() {
    Sample.Builder sample =
        Sample.newBuilder()
            .setStackIndex(random.nextInt(export.dictionary().getStackTableCount()))
            .setLinkIndex(random.nextInt(export.dictionary().getLinkTableCount()));
    for (int i = random.nextInt(4); i > 0; i--) {
      sample.addAttributeIndices(
          1 + random.nextInt(export.dictionary().getAttributeTableCount() - 1));
    }

    int observations = random.nextInt(4);
    boolean hasValues = random.nextBoolean();
    boolean hasTimes = random.nextBoolean();
    for (int i = 0; i < observations; i++) {
      if (hasValues) {
        sample.addValues(random.nextInt(1000));
      }

      if (hasTimes) {
        sample.addTimestampsUnixNano(random.nextLong());
      }
    }

    return sample;
  }

  private static AnyValue array(AnyValue... values) {
    ArrayValue.Builder array = ArrayValue.newBuilder();
    for (AnyValue value : values) {
      array.addValues(value);
    }

    return AnyValue.newBuilder().setArrayValue(array).build();
  }

  private String randomHex(int bytes) {
    byte[] id = new byte[bytes];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }
}
