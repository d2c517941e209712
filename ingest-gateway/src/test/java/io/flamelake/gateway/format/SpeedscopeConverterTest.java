/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flamelake.model.Label;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.rpc.RpcException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpeedscopeConverterTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SCHEMA = "https://www.speedscope.app/file-format-schema.json";

  /** Fields in the order of speedscope's own exporter, and in one that is as good. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givesTheSumsOfSampledProfiles(boolean framesFirst) throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Map<String, Long> expected = new TreeMap<>();
      ObjectNode profile = profile("sampled", "microseconds", framesFirst);
      ArrayNode samples = JSON.createArrayNode();
      ArrayNode weights = JSON.createArrayNode();
      for (int i = 0; i < 10 * seed; i++) {
        List<String> stack = new ArrayList<>();
        ArrayNode indexes = samples.addArray();
        for (int depth = random.nextInt(6); depth >= 0; depth--) {
          int frame = random.nextInt(9);
          indexes.add(frame);
          stack.add("f" + frame);
        }

        int weight = random.nextInt(1000);
        weights.add(weight / 8.0);
        if (weight > 0) {
          expected.merge(String.join(";", stack), weight * 125L, Long::sum);
        }
      }

      profile.set(framesFirst ? "samples" : "weights", framesFirst ? samples : weights);
      profile.set(framesFirst ? "weights" : "samples", framesFirst ? weights : samples);
      if (!framesFirst) {
        profile.put("type", "sampled").put("unit", "microseconds");
      }

      assertThat(sums(file(framesFirst, 9, profile), "app.wall"))
          .as("seed %d", seed)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givesTheSumsOfEventedProfiles(boolean framesFirst) throws Exception {
    for (int seed = 1; seed < 20; seed++) {
      Random random = new Random(seed);
      Map<String, Long> expected = new TreeMap<>();
      ObjectNode profile = profile("evented", "milliseconds", framesFirst);
      ArrayNode events = JSON.createArrayNode();
      List<Integer> open = new ArrayList<>();
      long at = 1_700_000_000_000_123L;
      for (int i = 0; i < 30 * seed || !open.isEmpty(); i++) {
        boolean opens = i < 30 * seed && (open.isEmpty() || random.nextBoolean());
        long passed = random.nextInt(5);
        if (passed > 0 && !open.isEmpty()) {
          StringBuilder stack = new StringBuilder();
          open.forEach(frame -> stack.append(stack.length() == 0 ? "f" : ";f").append(frame));
          expected.merge(stack.toString(), passed * 1000, Long::sum);
        }

        at += passed;
        int frame = opens ? random.nextInt(9) : open.remove(open.size() - 1);
        events
            .addObject()
            .put("type", opens ? "O" : "C")
            .put("frame", frame)
            .put("at", BigDecimal.valueOf(at, 3));
        if (opens) {
          open.add(frame);
        }
      }

      profile.set("events", events);
      if (!framesFirst) {
        profile.put("type", "evented").put("unit", "milliseconds");
      }

      assertThat(sums(file(framesFirst, 9, profile), "app"))
          .as("seed %d", seed)
          .isEqualTo(expected);
    }
  }

  @Test
  void makesASeriesOfEachProfile() throws Exception {
    ObjectNode seconds = sampled("seconds", "main thread", "1.5");
    ObjectNode bytes = sampled("bytes", "heap", "77");
    ObjectNode empty = sampled("seconds", "idle", "0");

    List<ConvertedProfile> converted = convert(file(true, 1, seconds, bytes, empty), "my.shop");

    assertThat(converted).hasSize(2);
    assertThat(converted).extracting(ConvertedProfile::app).containsOnly("my.shop");
    assertThat(converted).extracting(ConvertedProfile::name).containsExactly("wall", "memory");
    assertThat(converted)
        .extracting(ConvertedProfile::labels)
        .containsExactly(
            List.of(new Label("profile_name", "main thread")),
            List.of(new Label("profile_name", "heap")));
    assertThat(Uploads.sums(Uploads.parse(converted.get(0)), 0))
        .isEqualTo(Map.of("f0", 1_500_000_000L));
    assertThat(Uploads.sampleType(Uploads.parse(converted.get(1)), 0)).isEqualTo("samples:bytes");
    assertThat(Uploads.sums(Uploads.parse(converted.get(1)), 0)).isEqualTo(Map.of("f0", 77L));
  }

  @ParameterizedTest
  @CsvSource({
    "app,                none,         3,      process_cpu, cpu:nanoseconds,   30000000",
    "app.cpu,            none,         0.5,    process_cpu, cpu:nanoseconds,   5000000",
    "app,                seconds,      2,      process_cpu, cpu:nanoseconds,   2000000000",
    "app,                milliseconds, 1e-3,   process_cpu, cpu:nanoseconds,   1000",
    "app.wall,           nanoseconds,  7,      wall,        wall:nanoseconds,  7",
    "app,                bytes,        9,      memory,      samples:bytes,     9",
    "app.alloc_space,    bytes,        9,      memory,      alloc_space:bytes, 9",
    "app.alloc_objects,  none,         4,      memory,      alloc_objects:count, 4",
    "app.mutex_duration, microseconds, 4,      mutex,       delay:nanoseconds, 4000",
  })
  void takesTheTypeOfASingleProfileFromTheName(
      String app, String unit, String weight, String name, String type, long value)
      throws Exception {
    List<ConvertedProfile> converted = convert(file(true, 1, sampled(unit, "x", weight)), app);

    assertThat(converted).hasSize(1);
    Profile profile = Uploads.parse(converted.get(0));
    assertThat(converted.get(0).name()).isEqualTo(name);
    assertThat(converted.get(0).labels()).isEmpty();
    assertThat(Uploads.sampleType(profile, 0)).isEqualTo(type);
    assertThat(Uploads.sums(profile, 0)).isEqualTo(Map.of("f0", value));
  }

  @Test
  void keepsFilesAndLines() throws Exception {
    ObjectNode file = file(true, 0, sampled("none", "", "1"));
    ArrayNode frames = (ArrayNode) file.get("shared").get("frames");
    frames.addObject().put("name", "run").put("file", "app/main.py").put("line", 12).put("col", 3);

    Profile profile = Uploads.parse(convert(file, "app").get(0));

    assertThat(profile.getStringTable((int) profile.getFunction(0).getFilename()))
        .isEqualTo("app/main.py");
    assertThat(profile.getLocation(0).getLine(0).getLine()).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                               | $schema: missing",
        "{\"$schema\":\"other\"}          | $schema: 'other' (expected: 'https://www.speedscope",
        "[]                               | Character 0: Found '[' (expected: an object)",
        "``                               | Character 0: Found 'the end' (expected: an object)",
        "{\"profiles\":                   | Unexpected end-of-input",
        "{\"a\":1}{}                      | Character 7: Found '{' (expected: the end)",
        "{\"profiles\":[{}]}              | Character 14: type: '' (expected: 'evented' or"
            + " 'sampled')",
        "{\"profiles\":[{\"type\":\"sampled\",\"unit\":\"miles\"}]} | unit: 'miles'",
        "{\"profiles\":[1]}               | Character 13: Found '1' (expected: an object)",
        "{\"shared\":{\"frames\":[{\"name\":1}]}} | Found '1' (expected: a string)",
        "{\"shared\":{\"frames\":[{\"name\":\"\\ud800\"}]}} | (expected: a string of whole char",
      })
  void refusesFilesThatAreNotSpeedscope(String file, String message) {
    assertThatThrownBy(() -> convert(Uploads.utf8(file), "app"))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sampled | \"samples\":[[9]],\"weights\":[1]      | Found '9' (expected: an index below 2)",
        "sampled | \"samples\":[[-1]],\"weights\":[1]     | Found '-1' (expected: an index below",
        "sampled | \"samples\":[[0.5]],\"weights\":[1]    | Found '0.5' (expected: an index)",
        "sampled | \"samples\":[[0]],\"weights\":[1,2]    | weights: 2 (expected: 1)",
        "sampled | \"samples\":[[0]],\"weights\":[-1]     | Found '-1' (expected: a weight from 0",
        "sampled | \"samples\":[[0]],\"weights\":[1e40]   | Found '1e40' (expected: a number of 64",
        "sampled | \"samples\":[[0]],\"weights\":[1e999999999] | (expected: a number of 64 bits)",
        "sampled | \"samples\":[[0]],\"weights\":[1e12345678901]  | Found '1e12345678901'",
        "sampled | \"samples\":[[0]],\"weights\":[99999999999999999999] | out of range of long",
        "sampled | \"samples\":[[0]],\"weights\":[\"x\"]  | Found 'x' (expected: a number)",
        "sampled | \"samples\":[[0]]                      | weights: 0 (expected: 1)",
        "evented | \"events\":[{\"type\":\"O\",\"frame\":0,\"at\":1}] | 1 frames are opened and",
        "evented | \"events\":[{\"type\":\"C\",\"frame\":0,\"at\":1}] | nothing being open",
        "evented | \"events\":[{\"type\":\"O\",\"frame\":0}]          | an event with frame and at",
        "evented | \"events\":[{\"type\":\"X\",\"frame\":0,\"at\":1}] | not 'X'",
        "evented |"
            + " \"events\":[{\"type\":\"O\",\"frame\":0,\"at\":2},{\"type\":\"C\",\"frame\":1,\"at\":3}]"
            + " | the end of frame 0, not of 1",
        "evented |"
            + " \"events\":[{\"type\":\"O\",\"frame\":0,\"at\":2},{\"type\":\"C\",\"frame\":0,\"at\":1}]"
            + " | an event that is not before the one before it",
      })
  void refusesSamplesThatLie(String type, String samples, String message) {
    String file =
        "{\"$schema\":\""
            + SCHEMA
            + "\",\"shared\":{\"frames\":[{\"name\":\"a\"},{\"name\":\"b\"}]},\"profiles\":[{"
            + "\"type\":\""
            + type
            + "\",\"unit\":\"nanoseconds\","
            + samples
            + "}]}";

    assertThatThrownBy(() -> convert(Uploads.utf8(file), "app"))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesUnitsThatDoNotFitTheName() throws Exception {
    ObjectNode file = file(true, 1, sampled("seconds", "", "1"));

    assertThatThrownBy(() -> convert(file, "app.alloc_space"))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessage("unit: 'seconds' (expected: 'none' or one of bytes)");
    assertThatThrownBy(() -> convert(file, "my.shop")).hasMessage("unknown profile type: shop");
  }

  @Test
  void refusesTextThatIsNotUtf8() throws Exception {
    byte[] file = file(true, 1, sampled("seconds", "", "1")).toString().getBytes(UTF_8);
    for (int[] place : new int[][] {{2, 0xFF}, {3, 0xFE}, {40, 0xC3}, {file.length - 1, 0x80}}) {
      byte[] damaged = file.clone();
      damaged[place[0]] = (byte) place[1];

      assertThatThrownBy(() -> convert(damaged, "app"))
          .isInstanceOf(MalformedProfileException.class)
          .hasMessage("Byte %d: Not UTF-8: 0x%x", place[0], place[1]);
    }
  }

  @Test
  void keepsTextOfManyBytesACharacter() throws Exception {
    ObjectNode named = sampled("bytes", "\u00e9\u20ac\ud83d\ude00\ufffd", "1");

    assertThat(convert(file(true, 1, named, sampled("bytes", "", "1")), "app").get(0).labels())
        .extracting(Label::value)
        .containsExactly("\u00e9\u20ac\ud83d\ude00\ufffd");
  }

  /** Jackson takes the first bytes for UTF-32, of a usual and of an unusual order. */
  @ParameterizedTest
  @CsvSource({"000000227a656800, Invalid UTF-32 character", "0000fffe00000022, Unsupported UCS-4"})
  void refusesTextThatIsInNoEncoding(String hex, String message) {
    assertThatThrownBy(() -> convert(HexFormat.of().parseHex(hex), "app"))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesDeepJsonAndMoreMemoryThanThereIs() {
    String deep = "{\"x\":" + "[".repeat(100_000);
    assertThatThrownBy(() -> convert(Uploads.utf8(deep), "app"))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("nesting depth");

    String frames = "{\"shared\":{\"frames\":[" + "{},".repeat(100_000) + "{}]}}";
    assertThatThrownBy(
            () ->
                new SpeedscopeConverter()
                    .convert(
                        Uploads.utf8(frames),
                        Uploads.context("app", 100, PprofLimits.DEFAULT, new MemoryBudget(99_999))))
        .isInstanceOf(RpcException.class);
  }

  private static ObjectNode profile(String type, String unit, boolean typeFirst) {
    ObjectNode profile = JSON.createObjectNode().put("name", "x").put("startValue", 0);
    return typeFirst ? profile.put("type", type).put("unit", unit) : profile;
  }

  /** A profile of one sample in the first frame. */
  private static ObjectNode sampled(String unit, String name, String weight) {
    ObjectNode profile = profile("sampled", unit, true).put("name", name);
    profile.putArray("samples").addArray().add(0);
    profile.putArray("weights").add(new BigDecimal(weight));
    return profile;
  }

  private static ObjectNode file(boolean framesFirst, int frameCount, ObjectNode... profiles) {
    ObjectNode file = JSON.createObjectNode().put("$schema", SCHEMA).put("exporter", "a test");
    if (!framesFirst) {
      file.putArray("profiles").addAll(List.of(profiles));
    }

    ArrayNode frames = file.putObject("shared").putArray("frames");
    for (int i = 0; i < frameCount; i++) {
      frames.addObject().put("name", "f" + i);
    }

    if (framesFirst) {
      file.putArray("profiles").addAll(List.of(profiles));
    }

    return file;
  }

  private static Map<String, Long> sums(ObjectNode file, String app) throws Exception {
    List<ConvertedProfile> converted = convert(file, app);
    return converted.isEmpty() ? Map.of() : Uploads.sums(Uploads.parse(converted.get(0)), 0);
  }

  private static List<ConvertedProfile> convert(ObjectNode file, String app) throws Exception {
    return convert(JSON.writeValueAsBytes(file), app);
  }

  private static List<ConvertedProfile> convert(byte[] file, String app) {
    List<ConvertedProfile> converted =
        new SpeedscopeConverter().convert(file, Uploads.context(app));
    converted.forEach(made -> PprofDecoder.decode(made.pprof(), PprofLimits.DEFAULT));
    return converted;
  }
}
