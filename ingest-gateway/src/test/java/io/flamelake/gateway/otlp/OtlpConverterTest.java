/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.gateway.otlp.TestExport.number;
import static io.flamelake.gateway.otlp.TestExport.sample;
import static io.flamelake.gateway.otlp.TestExport.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import io.flamelake.gateway.intake.PushedProfile;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.otlp.OtlpConversion.Refusal;
import io.flamelake.gateway.otlp.OtlpConversion.Series;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.rpc.RpcException;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.Function;
import io.opentelemetry.proto.profiles.v1development.Line;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.profiles.v1development.Stack;
import io.opentelemetry.proto.profiles.v1development.ValueType;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OtlpConverterTest {

  private static final long NOW = 1_800_000_000_000_000_000L;
  private static final Limits LIMITS = Limits.defaults();

  private final TestExport export = new TestExport();

  @Test
  void countsWhatRandomExportsOfBothLayoutsSay() {
    for (int seed = 0; seed < 100; seed++) {
      ExportProfilesServiceRequest random = RandomExports.of(seed);
      Map<String, Long> expected = OtlpBruteForce.sums(random);

      OtlpConversion current = convert(random.toByteArray());
      OtlpConversion old = convert(OldLayout.toByteArray(random));

      assertThat(expected).as("seed %d", seed).isNotEmpty();
      assertThat(OtlpBruteForce.sums(current)).as("1.10, seed %d", seed).isEqualTo(expected);
      assertThat(OtlpBruteForce.sums(old)).as("1.9, seed %d", seed).isEqualTo(expected);
      assertThat(current.refused()).isEmpty();
    }
  }

  @Test
  void makesCpuTimeOfSamples() {
    int stack = export.stack("leaf", "main");
    export.service("shop", export.cpu(sample(stack, 3)));

    Series series = onlySeries(convert(export));

    assertThat(LabelSet.of(series.pushed().labels()))
        .isEqualTo(
            LabelSet.of(
                "__name__", "process_cpu",
                "service_name", "shop",
                "service.name", "shop",
                "__delta__", "false",
                "__otel__", "true"));
    Profile pprof = onlyPprof(series);
    assertThat(PprofProto.type(pprof, pprof.getSampleType(0))).isEqualTo("cpu:nanoseconds");
    assertThat(PprofProto.type(pprof, pprof.getPeriodType())).isEqualTo("cpu:nanoseconds");
    assertThat(pprof.getPeriod()).isEqualTo(10_000_000);
    assertThat(pprof.getSample(0).getValueList()).containsExactly(30_000_000L);
    assertThat(PprofProto.stack(pprof, pprof.getSample(0)))
        .isEqualTo("leaf@leaf.go:7;main@main.go:7");
  }

  @ParameterizedTest
  @CsvSource({
    "samples,   count,       cpu,   nanoseconds, 100, process_cpu, cpu:nanoseconds,     300",
    "samples,   count,       cpu,   nanoseconds, 0,   process_cpu, samples:count,       3",
    "samples,   count,       '',    '',          100, process_cpu, samples:count,       3",
    "off_cpu,   nanoseconds, '',    '',          0,   off_cpu,     off_cpu:nanoseconds, 3",
    "off_cpu,   count,       '',    '',          0,   process_cpu, off_cpu:count,       3",
    "wall,      nanoseconds, wall,  nanoseconds, 100, wall,        wall:nanoseconds,    3",
    "inuse,     bytes,       space, bytes,       512, space,       inuse:bytes,         3",
    "samples,   count,       wall,  nanoseconds, 100, wall,        samples:count,       3",
  })
  void mapsTypes(
      String type,
      String unit,
      String periodType,
      String periodUnit,
      long period,
      String name,
      String storedType,
      long value) {
    export.service(
        "shop",
        export
            .cpu(sample(export.stack("main"), 3))
            .setSampleType(export.type(type, unit))
            .setPeriodType(export.type(periodType, periodUnit))
            .setPeriod(period));

    Series series = onlySeries(convert(export));

    assertThat(LabelSet.of(series.pushed().labels()).value("__name__")).isEqualTo(name);
    Profile pprof = onlyPprof(series);
    assertThat(PprofProto.type(pprof, pprof.getSampleType(0))).isEqualTo(storedType);
    assertThat(PprofProto.type(pprof, pprof.getPeriodType()))
        .isEqualTo(periodType + ":" + periodUnit);
    assertThat(pprof.getSample(0).getValueList()).containsExactly(value);
  }

  @Test
  void countsTheTimesOfSamplesWithoutValues() {
    Sample.Builder seen = sample(export.stack("main")).addTimestampsUnixNano(1);
    seen.addTimestampsUnixNano(2).addTimestampsUnixNano(3);
    Sample.Builder valued = sample(export.stack("other"), 5, 6);
    valued.addTimestampsUnixNano(1).addTimestampsUnixNano(2);
    export.service("shop", export.cpu(seen, valued).setPeriod(10));

    assertThat(onlyPprof(onlySeries(convert(export))).getSampleList())
        .extracting(sample -> sample.getValue(0))
        .containsExactly(30L, 110L);
  }

  @Test
  void stopsAtTheLargestNumber() {
    int stack = export.stack("main");
    export.service(
        "shop",
        export.cpu(
            sample(stack, Long.MAX_VALUE),
            sample(stack, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, 5),
            sample(stack, 1, -5, 10)));

    assertThat(onlyPprof(onlySeries(convert(export))).getSampleList())
        .extracting(sample -> sample.getValue(0))
        .as("a negative value makes a negative sum, which is no value of a profile")
        .containsExactly(Long.MAX_VALUE, Long.MAX_VALUE, -10_000_000L);
  }

  @Test
  void takesTheServiceOfTheSampleThenOfTheResourceThenTheProgram() {
    int main = export.stack("main");
    int service = export.attribute("service.name", "own");
    int program = export.attribute("process.executable.name", "java");
    export.service(
        "shop",
        export.cpu(sample(main, 1), sample(main, 2).addAttributeIndices(service)),
        export.cpu(sample(main, 4).addAttributeIndices(program)));
    export.resource(
        Map.of("process.executable.name", text("go")),
        export.cpu(sample(main, 8), sample(main, 16).addAttributeIndices(program)));
    export.resource(Map.of(), export.cpu(sample(main, 32)));

    assertThat(totalsByLabel(convert(export), "service_name"))
        .isEqualTo(
            Map.of(
                "shop", 5L,
                "own", 2L,
                "unknown_service:go", 8L,
                "unknown_service:java", 16L,
                "unknown_service", 32L));
  }

  @Test
  void keepsTheAttributesOfResourceAndScopeAsLabels() {
    ScopeProfiles.Builder scope =
        ScopeProfiles.newBuilder().addProfiles(export.cpu(sample(export.stack("main"), 1)));
    scope
        .getScopeBuilder()
        .addAllAttributes(
            TestExport.keyValues(Map.of("k8s.pod.name", text("other"), "lib", text("x"))));
    Resource.Builder resource = Resource.newBuilder();
    resource.addAllAttributes(
        TestExport.keyValues(
            Map.of(
                "k8s.pod.name", text("pod-1"),
                "pid", number(-7),
                "flag", AnyValue.newBuilder().setBoolValue(true).build(),
                "__name__", text("mine"),
                "service_name", text("mine"))));
    resource.addAttributes(
        KeyValue.newBuilder()
            .setKeyStrindex(export.string("zone"))
            .setValue(AnyValue.newBuilder().setStringValueStrindex(export.string("eu-1"))));
    export.add(ResourceProfiles.newBuilder().setResource(resource).addScopeProfiles(scope));

    assertThat(LabelSet.of(onlySeries(convert(export)).pushed().labels()))
        .isEqualTo(
            LabelSet.of(
                "__name__", "process_cpu",
                "service_name", "unknown_service",
                "__delta__", "false",
                "__otel__", "true",
                "k8s.pod.name", "pod-1",
                "pid", "-7",
                "lib", "x",
                "zone", "eu-1"));
  }

  @Test
  void keepsTextsOfSamplesAsStringLabelsAndNumbersAsNumericOnes() {
    Sample.Builder sample = sample(export.stack("main"), 1);
    sample.addAttributeIndices(export.attribute("route", "/buy"));
    sample.addAttributeIndices(export.attribute("thread.id", number(42)));
    sample.addAttributeIndices(
        export.attribute("ignored", AnyValue.newBuilder().setDoubleValue(1).build()));
    sample.addAttributeIndices(
        export.attribute(
            "indexed",
            AnyValue.newBuilder().setStringValueStrindex(export.string("text")).build()));
    sample.addAttributeIndices(0);
    export.service("shop", export.cpu(sample));

    Profile pprof = onlyPprof(onlySeries(convert(export)));

    assertThat(pprof.getSample(0).getLabelList())
        .extracting(
            label ->
                pprof.getStringTable((int) label.getKey())
                    + "="
                    + pprof.getStringTable((int) label.getStr())
                    + label.getNum())
        .containsExactly("route=/buy0", "thread.id=42", "indexed=text0");
  }

  @Test
  void keepsTheSpanOfASample() {
    int main = export.stack("main");
    int link = export.link("000102030405060708090a0b0c0d0e0f", "f0f1f2f3f4f5f6f7");
    int zeros = export.link("00".repeat(16), "00".repeat(8));
    export
        .dictionary()
        .addLinkTable(Link.newBuilder().setTraceId(ByteString.copyFrom(new byte[] {1, 2})));
    export.service(
        "shop",
        export.cpu(
            sample(main, 1).setLinkIndex(link),
            sample(main, 2).setLinkIndex(zeros),
            sample(main, 3).setLinkIndex(zeros + 1),
            sample(main, 4)));

    Profile pprof = onlyPprof(onlySeries(convert(export)));

    assertThat(pprof.getSample(0).getLabelList())
        .extracting(
            label ->
                pprof.getStringTable((int) label.getKey())
                    + "="
                    + pprof.getStringTable((int) label.getStr()))
        .containsExactly("trace_id=000102030405060708090a0b0c0d0e0f", "span_id=f0f1f2f3f4f5f6f7");
    assertThat(pprof.getSampleList().subList(1, 4))
        .allSatisfy(sample -> assertThat(sample.getLabelList()).isEmpty());
  }

  @Test
  void keepsTheAddressesOfFramesThatHaveNoNames() {
    int mapping =
        export.add(
            TestExport.mapping()
                .setMemoryStart(0x1000)
                .setMemoryLimit(0x9000)
                .setFileOffset(0x200)
                .setFilenameStrindex(export.string("/usr/bin/shop"))
                .addAttributeIndices(export.attribute("process.executable.build_id.gnu", "abcd")));
    int address = export.add(Location.newBuilder().setMappingIndex(mapping).setAddress(0x1234));
    int nameless =
        export.add(
            Location.newBuilder()
                .setMappingIndex(mapping)
                .setAddress(0x4567)
                .addLines(Line.newBuilder().setFunctionIndex(0).setLine(3)));
    int nothing = export.add(Location.newBuilder().setMappingIndex(mapping));
    export.service(
        "shop",
        export.cpu(
            sample(export.stack(address, nothing, 0, nameless, export.location("main")), 1)));

    Profile pprof = onlyPprof(onlySeries(convert(export)));

    assertThat(PprofProto.stack(pprof, pprof.getSample(0)))
        .isEqualTo(
            "/usr/bin/shop+4660-4096-36864-512;/usr/bin/shop+17767-4096-36864-512;main@main.go:7");
    Mapping written = PprofProto.mapping(pprof, pprof.getLocation(0).getMappingId());
    assertThat(pprof.getStringTable((int) written.getBuildId())).isEqualTo("abcd");
  }

  @Test
  void keepsInlinedLinesInTheirOrder() {
    export.service(
        "shop",
        export.cpu(
            sample(export.stack(export.location("inner", "outer"), export.location("main")), 1)));

    Profile pprof = onlyPprof(onlySeries(convert(export)));

    assertThat(PprofProto.stack(pprof, pprof.getSample(0)))
        .isEqualTo("inner@inner.go:7;outer@outer.go:7;main@main.go:7");
    assertThat(pprof.getLocationCount()).isEqualTo(2);
  }

  @Test
  void cutsTheLeavesOfDeepStacks() {
    int[] locations = new int[1500];
    for (int i = 0; i < locations.length; i++) {
      locations[i] = export.location("f" + i);
    }

    export.service("shop", export.cpu(sample(export.stack(locations), 1)));

    Profile pprof = onlyPprof(onlySeries(convert(export)));
    assertThat(PprofProto.stack(pprof, pprof.getSample(0)))
        .startsWith("f500@")
        .endsWith("f1499@f1499.go:7");
  }

  @Test
  void keepsIdTimeAndDuration() {
    UUID id = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    int main = export.stack("main");
    export.service(
        "shop",
        export
            .cpu(sample(main, 1))
            .setProfileId(TestExport.hex("00112233445566778899aabbccddeeff"))
            .setTimeUnixNano(1_700_000_000_000_000_000L),
        export
            .cpu(sample(main, 1))
            .setProfileId(TestExport.hex("00".repeat(16)))
            .setDurationNano(0),
        export.cpu(sample(main, 1)).setProfileId(TestExport.hex("0011")));

    List<PushedProfile> profiles = onlySeries(convert(export)).pushed().profiles();

    assertThat(profiles).extracting(PushedProfile::clientId).containsExactly(id, null, null);
    assertThat(profiles)
        .extracting(profile -> PprofProto.parse(profile.bytes()).getTimeNanos())
        .containsExactly(1_700_000_000_000_000_000L, NOW, NOW);
    assertThat(profiles)
        .extracting(profile -> PprofProto.parse(profile.bytes()).getDurationNanos())
        .containsExactly(5_000_000_000L, 10_000_000_000L, 5_000_000_000L);
  }

  @Test
  void writesOnlyWhatAProfileNeedsOfTheDictionary() {
    int first = export.stack("a", "main");
    int second = export.stack("b", "main");
    export.service("shop", export.cpu(sample(first, 1)), export.cpu(sample(second, 1)));

    List<PushedProfile> profiles = onlySeries(convert(export)).pushed().profiles();

    assertThat(PprofProto.parse(profiles.get(0).bytes()).getStringTableList())
        .containsExactlyInAnyOrder("", "cpu", "nanoseconds", "a", "a.go", "main", "main.go");
    assertThat(PprofProto.parse(profiles.get(1).bytes()).getStringTableList())
        .containsExactlyInAnyOrder("", "cpu", "nanoseconds", "b", "b.go", "main", "main.go");
  }

  @ParameterizedTest
  @MethodSource("layoutsWithoutMark")
  void findsTheLayoutWhereNoSampleTellsIt(String name, byte[] bytes, Map<String, Long> expected) {
    assertThat(totalsByStack(convert(bytes))).as(name).isEqualTo(expected);
  }

  static Stream<Arguments> layoutsWithoutMark() {
    TestExport values = new TestExport();
    values.service("shop", values.cpu(sample(values.stack("main"), 1)).setPeriod(1));

    TestExport valuesAndBuildIds = new TestExport();
    int mapping =
        valuesAndBuildIds.add(
            TestExport.mapping()
                .addAttributeIndices(
                    valuesAndBuildIds.attribute("process.executable.build_id.gnu", "abcd")));
    int location =
        valuesAndBuildIds.add(Location.newBuilder().setMappingIndex(mapping).setAddress(16));
    valuesAndBuildIds.service(
        "shop", valuesAndBuildIds.cpu(sample(valuesAndBuildIds.stack(location), 1)).setPeriod(1));

    TestExport times = new TestExport();
    int thread = times.attribute("thread.name", "worker");
    times.service(
        "shop",
        times
            .cpu(
                sample(times.stack("main"))
                    .addAttributeIndices(thread)
                    .addTimestampsUnixNano(1)
                    .addTimestampsUnixNano(2))
            .setPeriod(1));

    TestExport timesAlone = new TestExport();
    timesAlone.service(
        "shop",
        timesAlone.cpu(sample(timesAlone.stack("main")).addTimestampsUnixNano(1)).setPeriod(1));
    return Stream.of(
        Arguments.of(
            "1.9, values", OldLayout.toByteArray(values.build()), Map.of("main@main.go:7", 1L)),
        Arguments.of(
            "1.9, values like the number of a mapping's attribute",
            OldLayout.toByteArray(valuesAndBuildIds.build()),
            Map.of("+16-0-0-0", 1L)),
        Arguments.of(
            "1.10, attributes and times", times.toByteArray(), Map.of("main@main.go:7", 2L)),
        Arguments.of("1.10, times", timesAlone.toByteArray(), Map.of("main@main.go:7", 1L)));
  }

  @Test
  void refusesSamplesOfTwoLayoutsInOneExport() {
    export.attribute("a", "b");
    export.service("shop", export.cpu(sample(export.stack("main"), 1)));
    byte[] current = export.toByteArray();
    TestExport other = new TestExport();
    other.service("shop", other.cpu(sample(1, 1).addAttributeIndices(other.attribute("a", "b"))));
    byte[] old = OldLayout.toByteArray(other.build().toBuilder().clearDictionary().build());
    byte[] mixed = Arrays.copyOf(current, current.length + old.length);
    System.arraycopy(old, 0, mixed, current.length, old.length);

    assertThatThrownBy(() -> convert(mixed))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageMatching(
            "Field at byte \\d+ is of the sample layout V1_9, fields before it are of V1_10");
  }

  @Test
  void refusesAnExportWhoseSamplesAreAllEmpty() {
    int main = export.stack("main");
    Sample.Builder withAttribute =
        sample(main).addAttributeIndices(export.attribute("thread.name", "worker"));
    export.service("shop", export.cpu(sample(main), withAttribute), export.cpu(sample(main)));

    for (byte[] bytes : List.of(export.toByteArray(), OldLayout.toByteArray(export.build()))) {
      assertThatThrownBy(() -> convert(bytes))
          .isInstanceOf(MalformedProfileException.class)
          .hasMessage("All 3 samples are empty: they have neither values nor timestamps");
    }
  }

  @Test
  void refusesTheProfileWhoseSamplesAreAllEmptyAndTakesItsNeighbours() {
    int main = export.stack("main");
    export.service(
        "shop",
        export.cpu(sample(main, 1)),
        export.cpu(sample(main), sample(main)),
        export.cpu(),
        export.cpu(sample(main, 2), sample(main)),
        export.cpu(sample(main, 4)).clearSampleType());

    OtlpConversion conversion = convert(export);

    assertThat(conversion.profileCount()).isEqualTo(5);
    assertThat(onlySeries(conversion).profileNumbers().toIntArray()).containsExactly(0, 3);
    assertThat(conversion.refused())
        .extracting(Refusal::profileNumber, Refusal::reason, Refusal::message)
        .containsExactly(
            tuple(
                1,
                DiscardReason.MALFORMED_PROFILE,
                "All of its 2 samples are empty: they have neither values nor timestamps"),
            tuple(4, DiscardReason.MALFORMED_PROFILE, "Its sample type has no name"));
  }

  @Test
  void takesExportsWithoutSamples() {
    export.service("shop", export.cpu(), export.cpu());
    export.add(ResourceProfiles.newBuilder());

    assertThat(convert(export)).isEqualTo(new OtlpConversion(2, List.of(), List.of()));
  }

  @Test
  void readsADictionaryThatIsEmptyOrInSeveralParts() {
    export.service("shop", export.cpu(sample(export.stack("main"), 1)));
    byte[] whole = export.toByteArray();
    ProfilesDictionary dictionary = export.dictionary().build();
    ProfilesDictionary strings =
        ProfilesDictionary.newBuilder().addAllStringTable(dictionary.getStringTableList()).build();
    ProfilesDictionary rest = dictionary.toBuilder().clearStringTable().build();
    byte[] split =
        concat(
            ExportProfilesServiceRequest.newBuilder().setDictionary(rest).build().toByteArray(),
            export.build().toBuilder().setDictionary(strings).build().toByteArray());

    assertThat(OtlpBruteForce.sums(convert(split))).isEqualTo(OtlpBruteForce.sums(convert(whole)));
    assertThat(
            convert(
                    ExportProfilesServiceRequest.newBuilder()
                        .setDictionary(ProfilesDictionary.getDefaultInstance())
                        .addResourceProfiles(ResourceProfiles.getDefaultInstance())
                        .build()
                        .toByteArray())
                .profileCount())
        .isZero();
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> convert(new byte[0]))
        .hasMessage("missing profile metadata dictionary");
    assertThatThrownBy(() -> convert(export))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessage("missing resource profiles");
  }

  @ParameterizedTest
  @MethodSource("badReferences")
  void refusesReferencesToWhatIsNotThere(String message, Consumer<TestExport> damage) {
    int main = export.stack("main");
    damage.accept(export);
    export.service(
        "shop", export.cpu(sample(main, 1).addAttributeIndices(export.attribute("a", "b"))));

    assertThatThrownBy(() -> convert(export))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageMatching(message);
  }

  static Stream<Arguments> badReferences() {
    return Stream.of(
        bad(
            "String index 99 at byte \\d+ \\(expected: 0 to \\d+\\)",
            e -> e.dictionary().addFunctionTable(Function.newBuilder().setNameStrindex(99))),
        bad(
            "String index -1 at byte \\d+ \\(expected: 0 to \\d+\\)",
            e -> e.dictionary().addFunctionTable(Function.newBuilder().setSystemNameStrindex(-1))),
        bad(
            "String index 2147483647 at byte .*",
            e ->
                e.dictionary()
                    .addFunctionTable(Function.newBuilder().setFilenameStrindex(0x7fffffff))),
        bad("String index -5 at byte .*", e -> e.add(TestExport.mapping().setFilenameStrindex(-5))),
        bad(
            "Attribute index 50 at byte .*",
            e -> e.add(TestExport.mapping().addAttributeIndices(50))),
        bad("Mapping index 3 at byte .*", e -> e.add(Location.newBuilder().setMappingIndex(3))),
        bad(
            "Attribute index -2 at byte .*",
            e -> e.add(Location.newBuilder().addAttributeIndices(-2))),
        bad(
            "Function index 1000000 at byte .*",
            e ->
                e.add(
                    Location.newBuilder().addLines(Line.newBuilder().setFunctionIndex(1_000_000)))),
        bad(
            "Location index 44 at byte .*",
            e -> e.dictionary().addStackTable(Stack.newBuilder().addLocationIndices(44))),
        bad(
            "String index 77 at byte .*",
            e -> e.attribute("k", AnyValue.newBuilder().setStringValueStrindex(77).build())),
        bad(
            "Stack index 66 at byte .*",
            e -> e.service("x", e.cpu(sample(66, 1).addAttributeIndices(0)))),
        bad(
            "Stack index -66 at byte .*",
            e -> e.service("x", e.cpu(sample(-66, 1).addAttributeIndices(0)))),
        bad("Link index 8 at byte .*", e -> e.service("x", e.cpu(sample(1, 1).setLinkIndex(8)))),
        bad(
            "Attribute index 88 at byte .*",
            e -> e.service("x", e.cpu(sample(1, 1).addAttributeIndices(88)))),
        bad(
            "String index 99 at byte .*",
            e ->
                e.service(
                    "x",
                    e.cpu(sample(1, 1)).setSampleType(ValueType.newBuilder().setTypeStrindex(99)))),
        bad(
            "String index 123 at byte .*",
            e ->
                e.resource(
                    Map.of("a", AnyValue.newBuilder().setStringValueStrindex(123).build()),
                    e.cpu(sample(1, 1)))));
  }

  private static Arguments bad(String message, Consumer<TestExport> damage) {
    return Arguments.of(message, damage);
  }

  @Test
  void endsInARefusalOrAConversionWhateverTheBytes() {
    Random random = new Random(5);
    int refused = 0;
    List<byte[]> originals = new ArrayList<>();
    for (int seed = 0; seed < 10; seed++) {
      originals.add(RandomExports.of(seed).toByteArray());
      originals.add(OldLayout.toByteArray(RandomExports.of(seed)));
    }

    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = originals.get(round % originals.size()).clone();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }

      byte[] damaged =
          random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
      try {
        convert(damaged);
      } catch (MalformedProfileException e) {
        refused++;
      }
    }

    assertThat(refused).isBetween(1, 19_999);
  }

  @Test
  void refusesProfilesThatBecomeTooLargeAsPprof() {
    String[] names =
        IntStream.range(0, 900).mapToObj(i -> "f".repeat(100) + i).toArray(String[]::new);
    int large = export.stack(names);
    int small = export.stack("main");
    export.service("shop", export.cpu(sample(large, 1)), export.cpu(sample(small, 1)));
    Limits limits = LIMITS.toBuilder().maxProfileBytes(50_000).build();

    OtlpConversion conversion = convert(export.toByteArray(), limits);

    assertThat(conversion.refused())
        .extracting(Refusal::profileNumber, Refusal::reason)
        .containsExactly(tuple(0, DiscardReason.PROFILE_SIZE_LIMIT));
    assertThat(onlySeries(conversion).profileNumbers().toIntArray()).containsExactly(1);
  }

  @Test
  void refusesExportsThatBecomeTooLargeAsPprofs() {
    int stack = export.stack("a".repeat(10_000));
    export.service("shop", TestExport.times(20, export.cpu(sample(stack, 1))));

    assertThatThrownBy(() -> convert(export.toByteArray(), LIMITS.withIngestionBodyBytes(100_000)))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessage("uncompressed batched profile payload size exceeds limit of 100000 B")
        .extracting(e -> ((MalformedProfileException) e).reason())
        .isEqualTo(DiscardReason.BODY_SIZE_LIMIT_EXCEEDED);
  }

  @Test
  void takesItsMemoryFromTheBudget() {
    int stack = export.stack("a".repeat(200_000));
    export.service("shop", export.cpu(sample(stack, 1)), export.cpu(sample(stack, 1)));
    MemoryBudget small = new MemoryBudget(500_000);

    assertThatThrownBy(() -> OtlpConverter.convert(export.toByteArray(), LIMITS, NOW, small.open()))
        .isInstanceOf(RpcException.class)
        .hasMessageContaining("buffers are full");
  }

  @Test
  void refusesAnExportOfTooManyProfiles() {
    ScopeProfiles.Builder scope = ScopeProfiles.newBuilder();
    for (int i = 0; i <= ExportReader.MAX_PROFILES; i++) {
      scope.addProfilesBuilder();
    }

    export.add(ResourceProfiles.newBuilder().addScopeProfiles(scope));

    assertThatThrownBy(() -> convert(export))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageStartingWith("More than 100000 resources, scopes or profiles before byte ");
  }

  @Test
  void refusesAnExportOfTooManyResources() {
    for (int i = 0; i <= ExportReader.MAX_PROFILES; i++) {
      export.add(ResourceProfiles.newBuilder());
    }

    assertThatThrownBy(() -> convert(export))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageStartingWith("More than 100000 resources, scopes or profiles before byte ");
  }

  @Test
  void refusesTextThatIsNotUtf8() {
    export.service("s\u00e9rvice", export.cpu(sample(export.stack("main"), 1)));
    byte[] bytes = export.toByteArray();
    for (int i = 0; i < bytes.length - 1; i++) {
      if ((bytes[i] & 0xff) == 0xc3 && (bytes[i + 1] & 0xff) == 0xa9) {
        bytes[i + 1] = 'x';
      }
    }

    assertThatThrownBy(() -> convert(bytes))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageMatching("The string of 8 bytes at byte \\d+ is not UTF-8");
  }

  private static byte[] concat(byte[] left, byte[] right) {
    byte[] joined = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, joined, left.length, right.length);
    return joined;
  }

  private static OtlpConversion convert(TestExport export) {
    return convert(export.toByteArray());
  }

  private static OtlpConversion convert(byte[] bytes) {
    return convert(bytes, LIMITS);
  }

  private static OtlpConversion convert(byte[] bytes, Limits limits) {
    return OtlpConverter.convert(bytes, limits, NOW, new MemoryBudget(1L << 30).open());
  }

  private static Series onlySeries(OtlpConversion conversion) {
    assertThat(conversion.series()).hasSize(1);
    return conversion.series().get(0);
  }

  private static Profile onlyPprof(Series series) {
    assertThat(series.pushed().profiles()).hasSize(1);
    return PprofProto.parse(series.pushed().profiles().get(0).bytes());
  }

  /** Values in samples of 10 ms. */
  private static Map<String, Long> totalsByLabel(OtlpConversion conversion, String label) {
    Map<String, Long> totals = new TreeMap<>();
    for (Series series : conversion.series()) {
      String value = LabelSet.of(series.pushed().labels()).value(label);
      for (PushedProfile profile : series.pushed().profiles()) {
        PprofProto.parse(profile.bytes())
            .getSampleList()
            .forEach(sample -> totals.merge(value, sample.getValue(0) / 10_000_000, Long::sum));
      }
    }

    return totals;
  }

  private static Map<String, Long> totalsByStack(OtlpConversion conversion) {
    Map<String, Long> totals = new TreeMap<>();
    for (Series series : conversion.series()) {
      for (PushedProfile profile : series.pushed().profiles()) {
        Profile pprof = PprofProto.parse(profile.bytes());
        pprof
            .getSampleList()
            .forEach(
                sample ->
                    totals.merge(PprofProto.stack(pprof, sample), sample.getValue(0), Long::sum));
      }
    }

    return totals;
  }
}
