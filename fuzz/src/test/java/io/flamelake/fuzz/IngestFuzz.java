/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.gateway.format.FormatExamples;
import io.flamelake.testkit.Gzip;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Requests to {@code /ingest}. An input is the kind of the request in a byte, the length of the
 * application's name in another, the name and the body.
 */
public final class IngestFuzz {

  private static final String BOUNDARY = "cut";
  private static final int HEAD_BYTES = 2;

  private IngestFuzz() {}

  private enum Kind {
    PPROF_FORM("", true),
    JFR_FORM("jfr", true),
    PPROF("pprof", false),
    JFR("jfr", false),
    SPEEDSCOPE("speedscope", false),
    GROUPS("groups", false),
    GZIPPED_LINES("lines", false);

    private final String format;
    private final boolean isForm;

    Kind(String format, boolean isForm) {
      this.format = format;
      this.isForm = isForm;
    }
  }

  /** Starts the gateway and loads its classes, which is more than one input has time for. */
  public static void fuzzerInitialize() {
    seeds().forEach(IngestFuzz::fuzzerTestOneInput);
  }

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < HEAD_BYTES) {
      return;
    }

    Kind kind = Kind.values()[(input[0] & 0xff) % Kind.values().length];
    int bodyStart = Math.min(input.length, HEAD_BYTES + (input[1] & 0xff));
    // No HTTP client sends those, escaped or not.
    String name =
        new String(input, HEAD_BYTES, bodyStart - HEAD_BYTES, UTF_8).replaceAll("\\p{Cntrl}", "?");
    FuzzGateway.execute(headers(kind, name), Arrays.copyOfRange(input, bodyStart, input.length));
  }

  static List<byte[]> seeds() {
    String name = "shop.api.cpu{pod=shop-1,service.version=2}";
    byte[] recording = FormatExamples.recordings().get(0);
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(
        seed(
            Kind.PPROF_FORM,
            name,
            form(
                "profile",
                PprofExamples.small(),
                "sample_type_config",
                "{\"cpu\":{\"units\":\"nanoseconds\",\"display-name\":\"cpu\"}}".getBytes(UTF_8))));
    seeds.add(
        seed(
            Kind.JFR_FORM,
            name,
            form("labels", FormatExamples.recordingLabels(), "jfr", recording)));
    seeds.add(seed(Kind.PPROF, name, PprofExamples.small()));
    seeds.add(seed(Kind.JFR, "shop", recording));
    seeds.add(seed(Kind.SPEEDSCOPE, "shop", FormatExamples.speedscopes().get(0)));
    seeds.add(seed(Kind.GROUPS, name, FormatExamples.folded().get(0)));
    seeds.add(seed(Kind.GZIPPED_LINES, name, Gzip.compress("a;b\na;c\n".getBytes(UTF_8))));
    return seeds;
  }

  private static RequestHeaders headers(Kind kind, String name) {
    String query =
        QueryParams.builder()
            .add("name", name)
            .add("format", kind.format)
            .add("from", "1700000000")
            .add("until", "1700000010")
            .build()
            .toQueryString();
    RequestHeaders headers =
        FuzzGateway.post(
            "/ingest?" + query,
            kind.isForm ? "multipart/form-data; boundary=" + BOUNDARY : "application/octet-stream");
    return kind == Kind.GZIPPED_LINES
        ? headers.toBuilder().set(HttpHeaderNames.CONTENT_ENCODING, "gzip").build()
        : headers;
  }

  private static byte[] seed(Kind kind, String name, byte[] body) {
    byte[] nameBytes = name.getBytes(UTF_8);
    return ByteBuffer.allocate(HEAD_BYTES + nameBytes.length + body.length)
        .put((byte) kind.ordinal())
        .put((byte) nameBytes.length)
        .put(nameBytes)
        .put(body)
        .array();
  }

  private static byte[] form(String name1, byte[] content1, String name2, byte[] content2) {
    ByteArrayOutputStream form = new ByteArrayOutputStream();
    part(form, name1, content1);
    part(form, name2, content2);
    form.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(UTF_8));
    return form.toByteArray();
  }

  private static void part(ByteArrayOutputStream form, String name, byte[] content) {
    String head =
        "--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n\r\n"
            .formatted(BOUNDARY, name, name);
    form.writeBytes(head.getBytes(UTF_8));
    form.writeBytes(content);
    form.writeBytes("\r\n".getBytes(UTF_8));
  }
}
