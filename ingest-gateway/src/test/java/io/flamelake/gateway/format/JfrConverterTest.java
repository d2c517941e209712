/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThatCode;

import io.flamelake.gateway.format.JfrFile.Element;
import io.flamelake.model.Label;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.jfr.v1.Context;
import io.flamelake.proto.jfr.v1.LabelsSnapshot;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.rpc.RpcException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import one.profiler.AsyncProfiler;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JfrConverterTest {

  private static final long PERIOD = 10_000_000;

  @TempDir private static Path directory;

  private static Path recording;
  private static JfrOracle recorded;

  /** An event with what Pyroscope's profiler adds to async-profiler's. */
  @Name("profiler.Malloc")
  static final class LabelledMalloc extends Event {
    long size;
    long contextId;
  }

  @BeforeAll
  static void record() throws Exception {
    recording = directory.resolve("jdk.jfr");
    try (Recording run = new Recording()) {
      run.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(5));
      run.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s");
      run.enable("jdk.ObjectAllocationInNewTLAB");
      run.enable("jdk.ObjectAllocationOutsideTLAB");
      run.enable("jdk.JavaMonitorEnter").withThreshold(Duration.ZERO);
      run.enable("jdk.ThreadPark").withThreshold(Duration.ZERO);
      run.enable(LabelledMalloc.class);
      run.start();
      JfrWorkload.run(Duration.ofMillis(700));
      for (int context = 0; context < 6; context++) {
        LabelledMalloc event = new LabelledMalloc();
        event.size = 100L + context;
        event.contextId = context;
        event.commit();
      }

      run.dump(recording);
    }

    recorded = new JfrOracle(recording);
  }

  @Test
  void givesTheSumsThatTheJdksReaderFinds() throws Exception {
    ByType profiles = convert(Files.readAllBytes(recording));

    assertThat(profiles.types())
        .contains("cpu", "alloc_in_new_tlab_objects", "alloc_sample_objects", "contentions mutex")
        .contains("contentions block");
    assertSums(
        profiles.get("cpu"),
        0,
        recorded.sums("jdk.ExecutionSample", JfrOracle::isAwake, event -> PERIOD));
    assertSums(
        profiles.get("alloc_in_new_tlab_objects"),
        1,
        recorded.sums("jdk.ObjectAllocationInNewTLAB", event -> event.getLong("tlabSize")));
    assertSums(
        profiles.get("alloc_outside_tlab_objects"),
        1,
        recorded.sums("jdk.ObjectAllocationOutsideTLAB", event -> event.getLong("allocationSize")));
    assertSums(
        profiles.get("alloc_sample_objects"),
        1,
        recorded.sums("jdk.ObjectAllocationSample", event -> event.getLong("weight")));
    assertSums(
        profiles.get("contentions mutex"),
        1,
        recorded.sums("jdk.JavaMonitorEnter", JfrConverterTest::nanos));
    assertSums(
        profiles.get("contentions block"),
        1,
        recorded.sums("jdk.ThreadPark", JfrConverterTest::nanos));
    for (String type : List.of("contentions mutex", "contentions block")) {
      String event = type.endsWith("mutex") ? "jdk.JavaMonitorEnter" : "jdk.ThreadPark";
      assertSums(profiles.get(type), 0, recorded.sums(event, e -> 1));
    }
  }

  @Test
  void namesTheTypesAsPyroscopeDoes() throws Exception {
    assertThat(
            convert(Files.readAllBytes(recording)).all().stream()
                .flatMap(JfrConverterTest::types)
                .collect(Collectors.toList()))
        .contains(
            "cpu:nanoseconds:cpu:nanoseconds",
            "alloc_in_new_tlab_objects:count:space:bytes",
            "alloc_in_new_tlab_bytes:bytes:space:bytes",
            "alloc_sample_bytes:bytes:space:bytes",
            "contentions:count:mutex:count",
            "delay:nanoseconds:mutex:count",
            "delay:nanoseconds:block:count",
            "malloc_bytes:bytes:space:bytes");
  }

  @Test
  void readsFilesOfSeveralChunksGzippedOrNot() throws Exception {
    byte[] one = Files.readAllBytes(recording);
    byte[] two = JfrFile.bytes(one, one);
    Path file = directory.resolve("two.jfr");
    Files.write(file, two);
    Map<String, Long> expected =
        new JfrOracle(file).sums("jdk.ExecutionSample", JfrOracle::isAwake, event -> PERIOD);

    assertSums(convert(two).get("cpu"), 0, expected);
    assertSums(convert(Uploads.gzip(two)).get("cpu"), 0, expected);
  }

  @Test
  void keepsLinesOfFrames() {
    byte[] file =
        JfrFile.of(
            JfrFile.types(), JfrFile.pools(), JfrFile.event(JfrFile.MALLOC, JfrFile.numbers(1, 7)));

    Profile profile = convert(file).get("malloc_objects");

    assertThat(Uploads.sums(profile, 1)).isEqualTo(Map.of("A.f", 7L));
    assertThat(profile.getLocation(0).getLine(0).getLine()).isEqualTo(12);
  }

  @Test
  void givesTheLabelsOfContextsToTheirSamples() throws Exception {
    LabelsSnapshot snapshot =
        LabelsSnapshot.newBuilder()
            .putStrings(1, "profile_id")
            .putStrings(2, "00f067aa0ba902b7")
            .putStrings(3, "span_name")
            .putStrings(4, "GET /")
            .putContexts(1, Context.newBuilder().putLabels(1, 2).putLabels(3, 4).build())
            .putContexts(2, Context.newBuilder().putLabels(3, 4).build())
            .putContexts(3, Context.newBuilder().putLabels(3, 4).build())
            .putContexts(4, Context.newBuilder().putLabels(77, 78).build())
            .build();

    for (byte[] labels : List.of(snapshot.toByteArray(), Uploads.gzip(snapshot.toByteArray()))) {
      List<ConvertedProfile> converted =
          new JfrConverter(labels).convert(Files.readAllBytes(recording), Uploads.context("app"));
      Profile profile = byType(converted).get("malloc_objects");
      Map<String, Long> byLabels = new TreeMap<>();
      for (Sample sample : profile.getSampleList()) {
        String text =
            sample.getLabelList().stream()
                .map(
                    label ->
                        profile.getStringTable((int) label.getKey())
                            + "="
                            + profile.getStringTable((int) label.getStr()))
                .collect(Collectors.joining(","));
        byLabels.merge(text, sample.getValue(1), Long::sum);
      }

      // Contexts 0 (none), 4 (its strings are missing) and 5 (unknown) have no labels.
      assertThat(byLabels)
          .isEqualTo(
              Map.of(
                  "", 100L + 104 + 105,
                  "profile_id=00f067aa0ba902b7,span_name=GET /", 101L,
                  "span_name=GET /", 102L + 103));
    }
  }

  @Test
  void readsWhatAsyncProfilerRecords() throws Exception {
    Path file = directory.resolve("async.jfr");
    AsyncProfiler[] profiler = new AsyncProfiler[1];
    assumeThatCode(() -> profiler[0] = AsyncProfiler.getInstance())
        .as("async-profiler has no library for this machine")
        .doesNotThrowAnyException();
    profiler[0].execute(
        "start,jfr,event=itimer,interval=2ms,wall=10ms,alloc=8k,lock=1us,nativemem=1k,file="
            + file);
    JfrWorkload.run(Duration.ofMillis(700));
    profiler[0].execute("stop,file=" + file);
    JfrOracle oracle = new JfrOracle(file);

    List<ConvertedProfile> converted =
        new JfrConverter().convert(Files.readAllBytes(file), Uploads.context("app"));
    ByType profiles = byType(converted);

    assertThat(profiles.types())
        .contains("cpu", "wall", "alloc_in_new_tlab_objects", "malloc_objects");
    assertSums(
        profiles.get("cpu"),
        0,
        oracle.sums("jdk.ExecutionSample", JfrOracle::isAwake, event -> PERIOD));
    assertSums(
        profiles.get("wall"),
        0,
        oracle.sums("profiler.WallClockSample", event -> PERIOD * event.getLong("samples")));
    assertSums(
        profiles.get("alloc_in_new_tlab_objects"),
        1,
        oracle.sums("jdk.ObjectAllocationInNewTLAB", event -> event.getLong("tlabSize")));
    assertSums(
        profiles.get("malloc_objects"),
        1,
        oracle.sums("profiler.Malloc", event -> event.getLong("size")));
    if (oracle.count("jdk.JavaMonitorEnter") > 0) {
      assertSums(
          profiles.get("contentions mutex"),
          1,
          oracle.sums("jdk.JavaMonitorEnter", JfrConverterTest::nanos));
    }

    assertThat(converted)
        .extracting(ConvertedProfile::labels)
        .containsOnly(List.of(new Label("jfr_event", "itimer")));
  }

  @Test
  void readsWallAndLiveProfilesOfAsyncProfiler() throws Exception {
    Path file = directory.resolve("wall.jfr");
    AsyncProfiler[] profiler = new AsyncProfiler[1];
    assumeThatCode(() -> profiler[0] = AsyncProfiler.getInstance())
        .as("async-profiler has no library for this machine")
        .doesNotThrowAnyException();
    profiler[0].execute("start,jfr,event=wall,interval=5ms,alloc=1k,live,file=" + file);
    List<byte[]> kept = JfrWorkload.run(Duration.ofMillis(400));
    profiler[0].execute("stop,file=" + file);
    assertThat(kept).isNotEmpty();
    JfrOracle oracle = new JfrOracle(file);

    List<ConvertedProfile> converted =
        new JfrConverter().convert(Files.readAllBytes(file), Uploads.context("app"));

    Map<String, Long> wall = oracle.sums("jdk.ExecutionSample", event -> PERIOD);
    oracle
        .sums("profiler.WallClockSample", event -> PERIOD * event.getLong("samples"))
        .forEach((stack, value) -> wall.merge(stack, value, Long::sum));
    assertSums(byType(converted).get("wall"), 0, wall);
    assertThat(oracle.count("profiler.LiveObject")).isPositive();
    assertSums(byType(converted).get("live"), 0, oracle.sums("profiler.LiveObject", event -> 1));
    assertThat(converted)
        .extracting(ConvertedProfile::labels)
        .containsOnly(List.of(new Label("jfr_event", "wall")));
  }

  static Stream<Arguments> lies() {
    Element types = JfrFile.types();
    byte[] pools = JfrFile.pools();
    byte[] good = JfrFile.of(types, pools);
    Element loop =
        new Element("root")
            .with(
                JfrFile.type(50, "a.Loop").with(JfrFile.field("self", 50)),
                JfrFile.type(JfrFile.MALLOC, "profiler.Malloc").with(JfrFile.field("x", 50)));
    Element lists =
        new Element("root")
            .with(
                JfrFile.type(50, "a.Lists").with(JfrFile.array("self", 50)),
                JfrFile.type(JfrFile.MALLOC, "profiler.Malloc").with(JfrFile.field("x", 50)));
    byte[] nested = new byte[1000];
    Arrays.fill(nested, (byte) 1);
    return Stream.of(
        lie("an empty file", new byte[0], "A chunk of 0 bytes"),
        lie("text", Uploads.utf8("hello, world".repeat(10)), "No JFR chunk: 68656c6c"),
        lie("a cut chunk", Arrays.copyOf(good, good.length - 1), "was cut"),
        lie("a second chunk that is none", JfrFile.bytes(good, new byte[80]), "No JFR chunk: 0"),
        lie("old version", patched(good, 5, 1), "JFR version 1 (expected: 2)"),
        lie("negative size", patched(good, 8, 0xff), "was cut"),
        lie("constants beyond the end", patched(good, 17, 1), "Offset of the constant pool"),
        lie("no metadata", patched(good, 31, 0), "Offset of the metadata: 0"),
        lie("fixed integers", patched(good, 67, 0), "Integers of fixed size"),
        lie("no clock", patched(patched(good, 60, 0), 61, 0, 0, 0), "Ticks a second"),
        lie(
            "an event without size",
            JfrFile.of(types, pools, new byte[] {0, 0, 0}),
            "Size of an event: 0"),
        lie(
            "an event larger than the chunk",
            JfrFile.of(types, pools, JfrFile.numbers(1L << 40, 30)),
            "Size of an event: 1099511627776"),
        lie(
            "an event that ends within a field",
            JfrFile.of(types, pools, JfrFile.event(JfrFile.MALLOC, JfrFile.numbers(1))),
            "The input ends within a number"),
        lie(
            "a huge constant pool",
            JfrFile.of(types, JfrFile.bytes(JfrFile.number(1), JfrFile.pool(24, 1L << 30))),
            "Number of constants: 1073741824"),
        lie(
            "huge number of pools",
            JfrFile.of(types, JfrFile.number(1L << 31)),
            "Number of constant pools: 2147483648"),
        lie(
            "a pool of an unknown type",
            JfrFile.of(types, JfrFile.numbers(1, 99, 0)),
            "Type: 99 (expected: one that the chunk declares)"),
        lie(
            "a stack of huge depth",
            JfrFile.of(
                types,
                JfrFile.bytes(
                    JfrFile.number(1),
                    JfrFile.pool(JfrFile.STACK_TRACE, 1, JfrFile.numbers(1, 1L << 40)))),
            "Length of an array: 1099511627776"),
        lie(
            "a symbol of negative length",
            JfrFile.of(
                types,
                JfrFile.bytes(
                    JfrFile.number(1), JfrFile.pool(JfrFile.SYMBOL, 1, JfrFile.numbers(1, 3, -1)))),
            "Length of a string: -1"),
        lie(
            "an unknown encoding",
            JfrFile.of(
                types,
                JfrFile.bytes(
                    JfrFile.number(1), JfrFile.pool(JfrFile.SYMBOL, 1, JfrFile.numbers(1, 9)))),
            "Encoding of a string: 9"),
        lie(
            "constants before the file",
            withDelta(types, pools, 0x80 | 0x7f),
            "Distance to older constants"),
        lie("constants that go forward", withDelta(types, pools, 5), "Distance to older constants"),
        lie(
            "a type within itself",
            JfrFile.of(loop, JfrFile.number(0), JfrFile.event(JfrFile.MALLOC, new byte[9])),
            "nested too deep"),
        lie(
            "lists of lists without end",
            JfrFile.of(lists, JfrFile.number(0), JfrFile.event(JfrFile.MALLOC, nested)),
            "nested too deep"),
        lie(
            "a type without a number",
            JfrFile.of(new Element("root").with(new Element("class")), JfrFile.number(0)),
            "Id of a type: ''"),
        lie(
            "metadata of 2^40 strings",
            JfrFile.chunk(0, JfrFile.event(0, JfrFile.numbers(0, 0, 0, 1L << 40))),
            "Number of strings: 1099511627776"),
        lie(
            "an element with a string that is not there",
            JfrFile.chunk(0, JfrFile.event(0, JfrFile.numbers(0, 0, 0, 0, 5))),
            "Index of a string: 5 (expected: below 0)"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void refusesFilesThatLie(String name, byte[] file, String message) {
    assertThatThrownBy(() -> convert(file))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void readsMetadataOfAnyDepthWithoutRecursion() {
    // Elements within elements, written from the inside: {name, no attributes, one child}.
    int depth = 200_000;
    byte[] level = JfrFile.numbers(0, 0, 1);
    byte[] elements = new byte[level.length * depth + level.length];
    for (int i = 0; i < depth; i++) {
      System.arraycopy(level, 0, elements, i * level.length, level.length);
    }

    byte[] metadata = JfrFile.event(0, JfrFile.numbers(0, 0, 0, 1), JfrFile.string("x"), elements);
    byte[] constants = JfrFile.event(1, JfrFile.numbers(0, 0, 0, 0, 0));

    assertThat(
            new JfrConverter()
                .convert(
                    JfrFile.chunk(metadata.length, JfrFile.bytes(metadata, constants)),
                    Uploads.context("app")))
        .isEmpty();
  }

  @Test
  void getsOverAnyNumberOfEmptyThingsAtOnce() {
    Element types =
        new Element("root")
            .with(
                JfrFile.type(50, "a.Nothing"),
                JfrFile.type(JfrFile.MALLOC, "profiler.Malloc").with(JfrFile.array("x", 50)));
    byte[] file =
        JfrFile.of(
            types,
            JfrFile.number(0),
            JfrFile.event(JfrFile.MALLOC, JfrFile.number(Long.MAX_VALUE >> 8)));

    assertThat(Uploads.sums(convert(file).get("malloc_objects"), 0)).isEqualTo(Map.of("", 1L));
  }

  @Test
  void refusesMethodsThatRepeatALongNameWithoutEnd() {
    int methods = 20_000;
    byte[][] entries = new byte[methods][];
    byte[][] frames = new byte[methods][];
    for (int i = 0; i < methods; i++) {
      entries[i] = JfrFile.numbers(i + 1, 1, 1);
      frames[i] = JfrFile.numbers(i + 1, 1);
    }

    byte[] pools =
        JfrFile.bytes(
            JfrFile.number(4),
            JfrFile.pool(JfrFile.SYMBOL, 1, JfrFile.number(1), JfrFile.string("f".repeat(100_000))),
            JfrFile.pool(JfrFile.CLASS, 1, JfrFile.numbers(1, 1)),
            JfrFile.pool(JfrFile.METHOD, methods, entries),
            JfrFile.pool(
                JfrFile.STACK_TRACE, 1, JfrFile.numbers(1, methods), JfrFile.bytes(frames)));
    byte[] file =
        JfrFile.of(JfrFile.types(), pools, JfrFile.event(JfrFile.MALLOC, JfrFile.numbers(1, 7)));

    assertThatThrownBy(() -> convert(file))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessage("Names that the upload repeats exceed 64 times its size");
  }

  @Test
  void refusesGzipThatIsBrokenOrABomb() {
    byte[] bomb = Uploads.gzip(new byte[80 << 20]);

    assertThatThrownBy(() -> convert(bomb))
        .isInstanceOf(RpcException.class)
        .hasMessageContaining("larger than");
    assertThatThrownBy(() -> convert(Arrays.copyOf(bomb, bomb.length / 2)))
        .isInstanceOfAny(MalformedProfileException.class, RpcException.class);
    assertThatThrownBy(() -> convert(Arrays.copyOf(Uploads.gzip(new byte[100]), 20)))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("gzip");
    assertThatThrownBy(
            () ->
                new JfrConverter(new byte[] {10, 100})
                    .convert(JfrFile.of(JfrFile.types(), JfrFile.pools()), Uploads.context("app")))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageStartingWith("Field labels: ");
  }

  @Test
  void refusesEveryRecordingThatWasCut() throws Exception {
    byte[] file = Files.readAllBytes(recording);
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      byte[] cut = Arrays.copyOf(file, i < 100 ? i : random.nextInt(file.length));
      assertThatThrownBy(() -> convert(cut)).isInstanceOf(MalformedProfileException.class);
    }
  }

  @Test
  void neverFailsOtherwiseOnDamagedRecordings() throws Exception {
    byte[] file = Files.readAllBytes(recording);
    Random random = new Random(5);
    Map<String, Integer> outcomes = new HashMap<>();
    for (int i = 0; i < 150; i++) {
      byte[] damaged = file.clone();
      for (int damage = 0; damage <= i % 5; damage++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }

      MemoryBudget budget = new MemoryBudget(64L * file.length);
      try {
        new JfrConverter()
            .convert(damaged, Uploads.context("app", 100, PprofLimits.DEFAULT, budget));
        outcomes.merge("read", 1, Integer::sum);
      } catch (MalformedProfileException e) {
        outcomes.merge("refused", 1, Integer::sum);
      }
    }

    assertThat(outcomes).containsOnlyKeys("read", "refused");
  }

  @Test
  void holdsLittleMoreThanTheFile() throws Exception {
    byte[] file = Files.readAllBytes(recording);
    MemoryBudget budget = new MemoryBudget(1 << 30);

    new JfrConverter().convert(file, Uploads.context("app", 100, PprofLimits.DEFAULT, budget));

    assertThat(budget.usedBytes()).isBetween(64L << 10, 32L * file.length);
  }

  @Test
  void endsWhenNobodyWaitsForItAnyMore() throws Exception {
    byte[] file = Files.readAllBytes(recording);
    UploadContext gone =
        new UploadContext(
            "app",
            100,
            0,
            0,
            PprofLimits.DEFAULT,
            1 << 20,
            new MemoryBudget(1 << 28).open(),
            () -> true);

    assertThatThrownBy(() -> new JfrConverter().convert(file, gone))
        .isInstanceOf(RpcException.class)
        .hasMessage("The request has ended");
  }

  private static ByType convert(byte[] file) {
    return byType(new JfrConverter().convert(file, Uploads.context("app")));
  }

  private static ByType byType(List<ConvertedProfile> converted) {
    converted.forEach(made -> PprofDecoder.decode(made.pprof(), PprofLimits.DEFAULT));
    return new ByType(converted);
  }

  /** Profiles by the first sample type, with the name where that is what tells two apart. */
  private record ByType(List<ConvertedProfile> converted) {

    List<String> types() {
      return converted.stream().map(ByType::type).toList();
    }

    List<Profile> all() {
      return converted.stream().map(Uploads::parse).toList();
    }

    /** The profile of a type; one without samples where there is none. */
    Profile get(String type) {
      return converted.stream()
          .filter(made -> type(made).equals(type))
          .map(Uploads::parse)
          .findFirst()
          .orElse(Profile.getDefaultInstance());
    }

    private static String type(ConvertedProfile made) {
      String type = Uploads.sampleType(Uploads.parse(made), 0).replaceAll(":.*", "");
      return type.equals("contentions") ? type + " " + made.name() : type;
    }
  }

  private static Stream<String> types(Profile profile) {
    List<String> types = new ArrayList<>();
    for (int i = 0; i < profile.getSampleTypeCount(); i++) {
      types.add(Uploads.sampleType(profile, i) + ":" + Uploads.periodType(profile));
    }

    return types.stream();
  }

  private static void assertSums(Profile profile, int type, Map<String, Long> expected) {
    Map<String, Long> sums = new TreeMap<>();
    Uploads.sums(profile, type)
        .forEach((stack, value) -> sums.merge(stack.replace('/', '.'), value, Long::sum));
    assertThat(sums).isEqualTo(expected);
  }

  private static long nanos(RecordedEvent event) {
    return event.getDuration("duration").toNanos();
  }

  private static Arguments lie(String name, byte[] file, String message) {
    return Arguments.of(name, file, message);
  }

  private static byte[] patched(byte[] file, int at, int... bytes) {
    byte[] patched = file.clone();
    for (int i = 0; i < bytes.length; i++) {
      patched[at + i] = (byte) bytes[i];
    }

    return patched;
  }

  /** A file whose constants point to older ones; the size of the event has one byte. */
  private static byte[] withDelta(Element types, byte[] pools, int delta) {
    byte[] metadata = JfrFile.event(0, JfrFile.numbers(0, 0, 0), JfrFile.metadata(types));
    byte[] number = delta > 0x7f ? JfrFile.number(-1_000_000) : JfrFile.number(delta);
    byte[] constants = JfrFile.event(1, JfrFile.numbers(0, 0), number, new byte[] {0}, pools);
    return JfrFile.chunk(metadata.length, JfrFile.bytes(metadata, constants));
  }
}
