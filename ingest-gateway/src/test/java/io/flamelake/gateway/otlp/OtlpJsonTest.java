/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.gateway.otlp.TestExport.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.rpc.MemoryBudget;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.Sample;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtlpJsonTest {

  @Test
  void meansTheSameAsProtobuf() {
    for (int seed = 0; seed < 50; seed++) {
      ExportProfilesServiceRequest export = RandomExports.of(seed);
      Map<String, Long> expected = OtlpBruteForce.sums(export);
      for (String json : List.of(JsonExports.of(export), JsonExports.withProtoNames(export))) {
        byte[] bytes = toProtobuf(json);

        assertThat(OtlpBruteForce.sums(parse(bytes))).as("seed %d", seed).isEqualTo(expected);
        assertThat(OtlpBruteForce.sums(convert(bytes))).as("seed %d", seed).isEqualTo(expected);
      }
    }
  }

  @Test
  void readsNumbersAsNumbersAndAsStrings() {
    String json =
        """
        {"dictionary":{"mappingTable":[
          {"memoryStart":"18446744073709551615","memoryLimit":18446744073709551615,
           "fileOffset":"12","filenameStrindex":3}],
          "linkTable":[{"traceId":"000102030405060708090A0B0C0D0E0F","spanId":"F0F1F2F3F4F5F6F7"}]},
         "resourceProfiles":[{"scopeProfiles":[{"profiles":[
          {"timeUnixNano":"1700000000000000000","period":-3,"samples":[
            {"values":["-9223372036854775808",9223372036854775807],"attributeIndices":[],
             "timestampsUnixNano":["1",2],"stackIndex":null}]}]}]}]}
        """;

    ExportProfilesServiceRequest export = parse(toProtobuf(json));

    assertThat(export.getDictionary().getMappingTable(0))
        .isEqualTo(
            Mapping.newBuilder()
                .setMemoryStart(-1)
                .setMemoryLimit(-1)
                .setFileOffset(12)
                .setFilenameStrindex(3)
                .build());
    assertThat(export.getDictionary().getLinkTable(0))
        .isEqualTo(
            Link.newBuilder()
                .setTraceId(TestExport.hex("000102030405060708090a0b0c0d0e0f"))
                .setSpanId(TestExport.hex("f0f1f2f3f4f5f6f7"))
                .build());
    Profile profile = export.getResourceProfiles(0).getScopeProfiles(0).getProfiles(0);
    assertThat(profile)
        .isEqualTo(
            Profile.newBuilder()
                .setTimeUnixNano(1_700_000_000_000_000_000L)
                .setPeriod(-3)
                .addSamples(
                    Sample.newBuilder()
                        .addValues(Long.MIN_VALUE)
                        .addValues(Long.MAX_VALUE)
                        .addTimestampsUnixNano(1)
                        .addTimestampsUnixNano(2))
                .build());
  }

  @Test
  void passesOverWhatItDoesNotKnow() {
    String deep = "[".repeat(40) + "]".repeat(40);
    String json =
        "{\"new\":{\"a\":[1,{\"b\":null}]},\"dictionary\":{\"stringTable\":[\"\"],\"x\":"
            + deep
            + "},\"resourceProfiles\":[{\"schemaUrl\":\"u\",\"scopeProfiles\":[{\"profiles\":"
            + "[{\"originalPayload\":\""
            + "A".repeat(3 << 20)
            + "\",\"period\":3}]}]}]}";

    assertThat(parse(toProtobuf(json)).getResourceProfiles(0).getScopeProfiles(0).getProfiles(0))
        .isEqualTo(Profile.newBuilder().setPeriod(3).build());
  }

  @Test
  void knowsTheLayoutWhereProtobufWouldNotTellIt() {
    TestExport export = new TestExport();
    int build = export.attribute("process.executable.build_id.gnu", "abcd");
    export.add(TestExport.mapping().addAttributeIndices(build));
    export.service(
        "shop",
        export
            .cpu(sample(export.stack("main")).addAttributeIndices(build).addTimestampsUnixNano(1))
            .setTimeUnixNano(5));
    byte[] bytes = toProtobuf(JsonExports.of(export.build()));

    assertThat(OtlpBruteForce.sums(convert(bytes))).isEqualTo(OtlpBruteForce.sums(export.build()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                        | 'the end' (expected: an object)",
        "[]                                        | '[' (expected: an object)",
        "{}}                                       | Unexpected close marker '}'",
        "{} {}                                     | '{' (expected: the end)",
        "{\"dictionary\":3}                        | '3' (expected: an object)",
        "{\"dictionary\":{\"stringTable\":[null]}} | 'null' (expected: a string)",
        "{\"dictionary\":{\"stringTable\":[\"\\ud800\"]}} | Input length = 1",
        "{\"dictionary\":{\"linkTable\":[{\"traceId\":\"xyz\"}]}} | 'xyz' (expected: hexadecimal",
        "{\"dictionary\":{\"stackTable\":[{\"locationIndices\":3}]}} | '3' (expected: an array)",
        "{\"dictionary\":{\"stackTable\":[{\"locationIndices\":[1.5]}]}} | '1.5' (expected: a"
            + " whole",
        "{\"dictionary\":{\"stackTable\":[{\"locationIndices\":[\"1e3\"]}]}} | '1e3' (expected: a",
        "{\"dictionary\":{\"stackTable\":[{\"locationIndices\":[18446744073709551616]}]}} | a"
            + " number of 64 bits",
        "{\"dictionary\":                           | Unexpected end-of-input",
      })
  void saysWhatIsWrongAndWhere(String json, String message) {
    assertThatThrownBy(() -> toProtobuf(json))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageStartingWith("Invalid JSON: ")
        .hasMessageContaining(message);
  }

  @Test
  void refusesDeepNestingAndBadUtf8() {
    String deep = "[".repeat(100_000);
    assertThatThrownBy(() -> toProtobuf("{\"x\":" + deep))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("nesting depth");
    byte[] bad = "{\"dictionary\":{\"stringTable\":[\"?\"]}}".getBytes(StandardCharsets.UTF_8);
    bad[31] = (byte) 0xff;
    assertThatThrownBy(() -> OtlpJson.toProtobuf(bad, new MemoryBudget(1 << 20).open()))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("Invalid UTF-8");
  }

  private static byte[] toProtobuf(String json) {
    return OtlpJson.toProtobuf(
        json.getBytes(StandardCharsets.UTF_8), new MemoryBudget(1 << 30).open());
  }

  private static OtlpConversion convert(byte[] bytes) {
    return OtlpConverter.convert(
        bytes, SampleLayout.V1_10, Limits.defaults(), 1, new MemoryBudget(1 << 30).open());
  }

  private static ExportProfilesServiceRequest parse(byte[] bytes) {
    try {
      return ExportProfilesServiceRequest.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("Not an export", e);
    }
  }
}
