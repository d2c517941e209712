/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.testkit.Gzip;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** JFR at {@code /ingest}, gzip in a form, as Pyroscope's Java agent sends it. */
final class JfrUploads {
  private static final String BOUNDARY = "flamelake-benchmark";
  private static final int SECONDS = 10;

  private JfrUploads() {}

  /** The recording as that of one pod. */
  static Upload ingest(JfrRecording recording, int pod, Instant until) {
    String name = "svc-jfr{pod=\"svc-jfr-" + pod + "\",region=\"eu-west-1\"}";
    String path =
        "/ingest?format=jfr&spyName=javaspy&sampleRate=100&from="
            + (until.getEpochSecond() - SECONDS)
            + "&until="
            + until.getEpochSecond()
            + "&name="
            + URLEncoder.encode(name, StandardCharsets.UTF_8);
    return new Upload(
        RequestHeaders.builder(HttpMethod.POST, path)
            .add("content-type", "multipart/form-data; boundary=" + BOUNDARY)
            .build(),
        HttpData.wrap(form(Gzip.compressFast(recording.bytes()))),
        recording.bytes().length,
        recording.samples());
  }

  private static byte[] form(byte[] jfr) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(jfr.length + 512);
    out.writeBytes(
        ascii(
            "--"
                + BOUNDARY
                + "\r\nContent-Disposition: form-data; name=\"jfr\"; filename=\"jfr\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n"));
    out.writeBytes(jfr);
    out.writeBytes(ascii("\r\n--" + BOUNDARY + "--\r\n"));
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
