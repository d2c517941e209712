/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.gateway.otlp.TestExport.sample;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.profiles.v1development.Location;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Exports of a few hundred bytes, for other modules' tests to begin with. */
public final class OtlpExamples {

  private OtlpExamples() {}

  /** Both layouts in protobuf. */
  public static List<byte[]> protos() {
    return List.of(export().toByteArray(), OldLayout.toByteArray(export()));
  }

  public static List<byte[]> jsons() {
    return List.of(
        JsonExports.of(export()).getBytes(StandardCharsets.UTF_8),
        JsonExports.withProtoNames(export()).getBytes(StandardCharsets.UTF_8));
  }

  private static ExportProfilesServiceRequest export() {
    TestExport export = new TestExport();
    int mapping =
        export.add(
            TestExport.mapping()
                .setMemoryStart(4096)
                .setMemoryLimit(8192)
                .setFilenameStrindex(export.string("/bin/app"))
                .addAttributeIndices(export.attribute("process.executable.build_id.gnu", "0a0b")));
    int address = export.add(Location.newBuilder().setMappingIndex(mapping).setAddress(0x1010));
    int link = export.link("000102030405060708090a0b0c0d0e0f", "0001020304050607");
    int thread = export.attribute("thread.name", "worker");
    int service = export.attribute("service.name", "cart");
    return export
        .service(
            "shop",
            export
                .cpu(
                    sample(export.stack("leaf", "main"), 1, 2).addAttributeIndices(thread),
                    sample(export.stack(address), 3)
                        .setLinkIndex(link)
                        .addAttributeIndices(service),
                    sample(export.stack("main")).addTimestampsUnixNano(1_700_000_000_000_000_001L))
                .setProfileId(ByteString.copyFromUtf8("0123456789abcdef"))
                .setTimeUnixNano(1_700_000_000_000_000_000L))
        .build();
  }
}
