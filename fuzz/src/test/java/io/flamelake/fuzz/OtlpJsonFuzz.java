/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static io.flamelake.fuzz.Bounds.check;
import static io.flamelake.fuzz.Bounds.present;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.gateway.otlp.JsonExports;
import io.flamelake.gateway.otlp.OtlpExamples;
import io.flamelake.gateway.otlp.OtlpJson;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.rpc.MemoryBudget;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** OTLP's exports in JSON: what they become is what protobuf's own JSON says of it. */
public final class OtlpJsonFuzz {

  private static final long MAX_BUFFER_BYTES = 64 << 20;

  private OtlpJsonFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    byte[] export = toProtobuf(input);
    if (export == null) {
      return;
    }

    ExportProfilesServiceRequest parsed = parse(export);
    byte[] again =
        present(
            toProtobuf(JsonExports.of(parsed).getBytes(UTF_8)),
            "Refused when written by someone else");
    ExportProfilesServiceRequest parsedAgain = parse(again);
    check(parsedAgain.equals(parsed), "%s (expected: %s)", parsedAgain, parsed);
  }

  static List<byte[]> seeds() {
    return OtlpExamples.jsons();
  }

  private static byte @Nullable [] toProtobuf(byte[] json) {
    MemoryBudget budget = new MemoryBudget(MAX_BUFFER_BYTES);
    return Bounds.decode(
        MalformedProfileException.class, () -> OtlpJson.toProtobuf(json, budget.open()));
  }

  private static ExportProfilesServiceRequest parse(byte[] export) {
    try {
      return ExportProfilesServiceRequest.parseFrom(export);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("Protobuf refuses what was written", e);
    }
  }
}
