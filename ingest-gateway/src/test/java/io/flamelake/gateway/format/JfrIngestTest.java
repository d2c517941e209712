/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentDisposition;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.multipart.BodyPart;
import com.linecorp.armeria.common.multipart.Multipart;
import io.flamelake.gateway.TestGateway;
import io.flamelake.model.LabelSet;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.jfr.v1.Context;
import io.flamelake.proto.jfr.v1.LabelsSnapshot;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JFR at {@code /ingest}, as the body and in a form. */
class JfrIngestTest {

  private static final String PATH = "/ingest?format=jfr&name=shop.api%7Bpod%3Dshop-1%7D";

  /** Seven bytes allocated by A.f, in context 5. */
  private static final byte[] RECORDING = recording();

  private final TestGateway gateway =
      new TestGateway(TestGateway.config(), new InMemoryObjectStore());

  @AfterEach
  void close() {
    gateway.close();
  }

  static Stream<byte[]> bodies() {
    return Stream.of(RECORDING, Uploads.gzip(RECORDING));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void storesARecording(byte[] body) {
    AggregatedHttpResponse response = gateway.post(PATH, "application/octet-stream", body);

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
    SegmentRecord record = onlyRecord();
    assertThat(record.labels())
        .isEqualTo(
            LabelSet.of(
                "__name__", "malloc",
                "__delta__", "false",
                "pyroscope_spy", "unknown",
                "service_name", "shop.api",
                "pod", "shop-1"));
    assertThat(Uploads.sums(profile(record), 1)).isEqualTo(Map.of("A.f", 7L));
  }

  @Test
  void readsAFormInAnyOrder() {
    byte[] labels =
        LabelsSnapshot.newBuilder()
            .putStrings(1, "route")
            .putStrings(2, "/cart")
            .putContexts(5, Context.newBuilder().putLabels(1, 2).build())
            .build()
            .toByteArray();
    for (List<BodyPart> parts :
        List.of(
            List.of(part("jfr", RECORDING), part("labels", labels)),
            List.of(part("labels", labels), part("jfr", RECORDING)))) {
      AggregatedHttpResponse response = postForm(parts);
      assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
    }

    assertThat(gateway.stored())
        .hasSize(2)
        .allSatisfy(
            stored -> {
              Profile profile = profile(stored.record());
              assertThat(profile.getSample(0).getLabelList())
                  .singleElement()
                  .satisfies(
                      label -> {
                        assertThat(profile.getStringTable((int) label.getKey())).isEqualTo("route");
                        assertThat(profile.getStringTable((int) label.getStr())).isEqualTo("/cart");
                      });
            });
  }

  @Test
  void refusesWhatIsNoRecording() {
    assertRefused(gateway.post(PATH, "x/y", new byte[0]), "A chunk of 0 bytes");
    assertRefused(
        gateway.post(PATH, "x/y", Arrays.copyOf(RECORDING, RECORDING.length - 1)), "was cut");
    assertRefused(gateway.post(PATH, "x/y", Arrays.copyOf(Uploads.gzip(RECORDING), 40)), "gzip");
    assertRefused(postForm(List.of(part("labels", new byte[0]))), "no field jfr");
    assertRefused(
        postForm(List.of(part("jfr", RECORDING), part("labels", new byte[] {1}))),
        "Field labels: ");
    assertThat(gateway.stored()).isEmpty();
    assertThat(gateway.discarded("malformed_profile")).isEqualTo(5);
  }

  @Test
  void storesNothingOfARecordingWithoutSamples() {
    byte[] idle = JfrFile.of(JfrFile.types(), JfrFile.pools());

    assertThat(gateway.post(PATH, "x/y", idle).status()).isEqualTo(HttpStatus.OK);
    assertThat(gateway.stored()).isEmpty();
  }

  private void assertRefused(AggregatedHttpResponse response, String message) {
    assertThat(response.status())
        .as(response.contentUtf8())
        .isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
    assertThat(response.contentUtf8()).contains("\"code\":\"invalid_argument\"", message);
  }

  private AggregatedHttpResponse postForm(List<BodyPart> parts) {
    return gateway.client().execute(Multipart.of(parts).toHttpRequest(PATH));
  }

  private static BodyPart part(String name, byte[] content) {
    return BodyPart.of(
        ContentDisposition.builder("form-data").name(name).filename(name).build(),
        HttpData.wrap(content));
  }

  private SegmentRecord onlyRecord() {
    assertThat(gateway.stored()).hasSize(1);
    return gateway.stored().get(0).record();
  }

  private static Profile profile(SegmentRecord record) {
    byte[] payload =
        Arrays.copyOfRange(
            record.payload(),
            record.payloadOffset(),
            record.payloadOffset() + record.payloadLength());
    return Uploads.parse(new ConvertedProfile("", "", List.of(), payload));
  }

  private static byte[] recording() {
    JfrFile.Element types = JfrFile.types();
    List<JfrFile.Element> declared = types.children.get(0).children;
    declared.get(declared.size() - 1).with(JfrFile.field("contextId", JfrFile.INT));
    return JfrFile.of(
        types, JfrFile.pools(), JfrFile.event(JfrFile.MALLOC, JfrFile.numbers(1, 7, 5)));
  }
}
