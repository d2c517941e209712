/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentDisposition;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.multipart.BodyPart;
import com.linecorp.armeria.common.multipart.Multipart;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IngestTest {

  private final TestGateway gateway =
      new TestGateway(TestGateway.config(), new InMemoryObjectStore());

  @AfterEach
  void close() {
    gateway.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ingest", "/pyroscope/ingest"})
  void storesARawPprof(String path) {
    byte[] profile = TestProfiles.cpu().toByteArray();

    AggregatedHttpResponse response =
        gateway.post(
            path
                + "?format=pprof&spyName=gospy&name="
                + encode("shop.api{pod=shop-1,k8s.node=n 1}"),
            "application/octet-stream",
            TestProfiles.gzip(profile));

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
    assertThat(response.content().isEmpty()).as("empty body").isTrue();
    assertThat(payload(onlyRecord())).isEqualTo(profile);
    assertThat(onlyRecord().labels())
        .isEqualTo(
            LabelSet.of(
                "__name__", "process_cpu",
                "__delta__", "false",
                "pyroscope_spy", "gospy",
                "service_name", "shop.api",
                "pod", "shop-1",
                "k8s.node", "n 1"));
  }

  @Test
  void readsAForm() {
    byte[] profile =
        new PprofBuilder()
            .addSampleType("contentions", "count")
            .addSampleType("delay", "nanoseconds")
            .periodType("contentions", "count")
            .period(1)
            .addSample(List.of("main"), 1, 2)
            .toByteArray();
    String config =
        """
        {"contentions":{"units":"lock_samples","display-name":"block_count","cumulative":true},
         "delay":{"units":"lock_nanoseconds","display-name":"block_duration","new":{}}}
        """;

    AggregatedHttpResponse response =
        postForm(
            "/ingest?name=app", Map.of("profile", profile, "sample_type_config", utf8(config)));

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
    assertThat(onlyRecord().labels().value("__name__")).isEqualTo("block");
    assertThat(onlyRecord().labels().value("pyroscope_spy")).isEqualTo("unknown");
  }

  @ParameterizedTest
  @CsvSource({
    "cpu,               process_cpu",
    "samples,           process_cpu",
    "wall,              wall",
    "samples wall,      wall",
    "inuse_space,       memory",
    "alloc_objects,     memory",
    "goroutine,         goroutines",
    "contentions,       mutex",
    "delay,             mutex",
    "exceptions,        exceptions",
  })
  void findsTheNameFromTheSampleTypes(String types, String name) {
    String[] sampleTypes = types.split(" ", -1);
    PprofBuilder profile = new PprofBuilder();
    for (String type : sampleTypes) {
      profile.addSampleType(type, "count");
    }

    long[] values = new long[sampleTypes.length];
    Arrays.fill(values, 1);
    profile.addSample(List.of("main"), values);

    post("?format=pprof&name=app", profile.toByteArray());

    assertThat(onlyRecord().labels().value("__name__")).isEqualTo(name);
  }

  @Test
  void prefersTheServiceNameThatIsALabel() {
    post(
        "?format=pprof&name=" + encode("app{service_name=real,__private__=x,__session_id__=1}"),
        TestProfiles.cpu().toByteArray());

    assertThat(onlyRecord().labels())
        .isEqualTo(
            LabelSet.of(
                "__name__", "process_cpu",
                "__delta__", "false",
                "pyroscope_spy", "unknown",
                "service_name", "real"));
  }

  @Test
  void takesNamesOfSixKilobytes() {
    StringBuilder name = new StringBuilder("app{");
    for (int i = 0; i < 26; i++) {
      name.append(i == 0 ? "" : ",").append("label").append(i).append('=').append("v".repeat(230));
    }

    String query = "?format=pprof&name=" + encode(name.append('}').toString());
    assertThat(query.length()).isGreaterThan(6000);

    assertThat(post(query, TestProfiles.cpu().toByteArray()).status()).isEqualTo(HttpStatus.OK);
    assertThat(onlyRecord().labels().size()).isEqualTo(30);
  }

  @Test
  void givesProfilesOfThe1970sTheTimeOfTheRequest() {
    Instant from = Instant.now().minusSeconds(600);
    for (long timeNanos : new long[] {0, 5_000_000_000L}) {
      byte[] profile = TestProfiles.cpu().timeNanos(timeNanos).toByteArray();

      post("?format=pprof&name=app&from=" + from.getEpochSecond(), profile);
    }

    assertThat(gateway.stored())
        .hasSize(2)
        .allSatisfy(
            stored -> {
              byte[] payload = payload(stored.record());
              Pprof pprof = PprofDecoder.decode(payload, PprofLimits.DEFAULT);
              assertThat(pprof.timeNanos()).isEqualTo(from.getEpochSecond() * 1_000_000_000);
              assertThat(stored.record().profileTimeNanos()).isEqualTo(pprof.timeNanos());
            });
  }

  @Test
  void namesPythonFunctionsByTheirFile() throws Exception {
    Profile.Builder profile = TestProfiles.cpu().toProto().toBuilder();
    profile.addStringTable("app/views.py");
    profile.getFunctionBuilder(0).setFilename(profile.getStringTableCount() - 1);

    post("?format=pprof&name=app&spyName=pyspy", profile.build().toByteArray());

    Profile stored = Profile.parseFrom(payload(onlyRecord()));
    assertThat(stored.getStringTable((int) stored.getFunction(0).getName()))
        .startsWith("app/views.py ");
  }

  @Test
  void repairsDotnetProfiles() throws Exception {
    Profile.Builder profile = TestProfiles.cpu().toProto().toBuilder();
    profile.addStringTable("alloc-size");
    profile.getSampleTypeBuilder(0).setType(profile.getStringTableCount() - 1);
    profile.getFunctionBuilderList().forEach(function -> function.setId(0));

    AggregatedHttpResponse response =
        post("?format=pprof&name=app&spyName=dotnetspy", profile.build().toByteArray());

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
    Profile stored = Profile.parseFrom(payload(onlyRecord()));
    assertThat(stored.getStringTable((int) stored.getSampleType(0).getType()))
        .isEqualTo("alloc_size");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                              | name is missing",
        "?name=                          | name is missing",
        "?name=a%20b                     | application name",
        "?name=%7Ba%3Db%7D               | application name",
        "?name=app%7Ba%3Db               | no closing brace",
        "?name=app%7Ba%7D                | expected: key=value",
        "?name=app%7Ba-b%3Dc%7D          | label name",
        "?name=app%7Ba%3Db%7D%7D         | label value",
        "?name=app&from=later            | time: later",
        "?name=app&until=never           | time: never",
        "?name=app%7Bpod%3D%FFx%7D       | The parameter name is not UTF-8 at byte 8: 0xff",
        "?name=app%7Bpod%3D%E2%82%7D     | The parameter name is not UTF-8 at byte 8: 0xe282",
        "?from=now&name=app%C3           | The parameter name is not UTF-8 at byte 3: 0xc3",
        "?name=app&spyName=%ED%A0%80     | The parameter spyName is not UTF-8 at byte 0: 0xed",
      })
  void refusesBadParameters(String query, String message) {
    AggregatedHttpResponse response = post(query, TestProfiles.cpu().toByteArray());

    assertThat(response.status()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(response.contentUtf8()).contains("\"code\":\"invalid_argument\"", message);
    assertThat(gateway.stored()).isEmpty();
  }

  @Test
  void keepsWhatIsUtf8() {
    String name = "app{pod=\u00e9\u20ac\ud83d\ude00\ufffd 100%}";

    post("?format=pprof&other=%FF&name=" + encode(name), TestProfiles.cpu().toByteArray());

    assertThat(onlyRecord().labels().value("pod")).isEqualTo("\u00e9\u20ac\ud83d\ude00\ufffd 100%");
  }

  @ParameterizedTest
  @CsvSource({
    "format=groups,     text/plain",
    "a=b,               text/plain",
    "format=lines,      text/plain",
    "format=trie,       application/octet-stream",
    "a=b,               binary/octet-stream+trie",
    "format=tree,       application/octet-stream",
    "a=b,               binary/octet-stream+tree",
    "format=speedscope, application/json",
  })
  void storesStacksOfEveryFormatAsPprof(String query, String contentType) throws Exception {
    Instant from = Instant.now().minusSeconds(60);
    String name = encode("shop.api.cpu{pod=shop-1}");

    AggregatedHttpResponse response =
        gateway.post(
            "/ingest?sampleRate=50&spyName=rbspy&" + query + "&name=" + name + times(from),
            contentType,
            stack(query, contentType));

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
    assertThat(response.content().isEmpty()).as("empty body").isTrue();
    assertThat(onlyRecord().labels())
        .isEqualTo(
            LabelSet.of(
                "__name__", "process_cpu",
                "__delta__", "false",
                "pyroscope_spy", "rbspy",
                "service_name", "shop.api",
                "pod", "shop-1"));
    Profile stored = Profile.parseFrom(payload(onlyRecord()));
    assertThat(stored.getTimeNanos()).isEqualTo(from.getEpochSecond() * 1_000_000_000);
    assertThat(stored.getDurationNanos()).isEqualTo(10_000_000_000L);
    assertThat(stored.getPeriod()).isEqualTo(20_000_000);
    assertThat(stored.getSampleList())
        .singleElement()
        .satisfies(
            sample -> {
              assertThat(sample.getLocationIdCount()).isEqualTo(2);
              assertThat(sample.getValueList()).containsExactly(20_000_000L);
            });
  }

  @Test
  void keepsTheApplicationBesideTheServiceNameThatIsALabel() {
    post("?name=" + encode("shop.inuse_space{service_name=real}"), utf8("main 1"));

    assertThat(onlyRecord().labels())
        .isEqualTo(
            LabelSet.of(
                "__name__", "memory",
                "__delta__", "false",
                "pyroscope_spy", "unknown",
                "service_name", "real",
                "app_name", "shop"));
  }

  @Test
  void storesEachProfileOfASpeedscopeFile() {
    String profile = "{\"type\":\"sampled\",\"unit\":\"%s\",\"name\":\"%s\",%s}";
    String samples = "\"samples\":[[0]],\"weights\":[1]";
    String file =
        speedscope(
            profile.formatted("seconds", "main", samples)
                + ","
                + profile.formatted("bytes", "heap", samples));

    post("?format=speedscope&name=shop", utf8(file));

    assertThat(gateway.stored())
        .extracting(stored -> stored.record().labels().value("profile_name"))
        .containsExactlyInAnyOrder("main", "heap");
    assertThat(gateway.stored())
        .extracting(stored -> stored.record().labels().value("__name__"))
        .containsExactlyInAnyOrder("wall", "memory");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "?name=my.app              | main 1  | unknown profile type: app",
        "?name=app                 | main    | Byte 0: Line: 'main'",
        "?name=app&format=trie     | main    | Length of a name: 109",
        "?name=app&format=tree     | main    | Length of a name: 109",
        "?name=app&format=speedscope | main  | Unrecognized token 'main'",
      })
  void refusesUploadsThatAreNotOfTheirFormat(String query, String body, String message) {
    AggregatedHttpResponse response = post(query, utf8(body));

    assertThat(response.status()).isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
    assertThat(response.contentUtf8())
        .contains("\"code\":\"invalid_argument\"", "\"Tenant anonymous: ", message);
    assertThat(gateway.discarded("malformed_profile")).isEqualTo(1);
    assertThat(gateway.stored()).isEmpty();
  }

  @Test
  void refusesWhatIsNoProfile() {
    assertThat(post("?name=app&format=pprof", utf8("hello")).status())
        .isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
    assertThat(post("?name=app&format=pprof", new byte[0]).status())
        .isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
    assertThat(postForm("/ingest?name=app", Map.of("jfr", new byte[3])).contentUtf8())
        .contains("no field profile");
    assertThat(
            postForm(
                    "/ingest?name=app", Map.of("profile", new byte[3], "prev_profile", new byte[3]))
                .contentUtf8())
        .contains("unsupported client version");
    assertThat(
            gateway
                .post("/ingest?name=app", "multipart/form-data; boundary=x", utf8("no form"))
                .status())
        .isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
    assertThat(gateway.post("/ingest?name=app", "multipart/form-data", utf8("no form")).status())
        .isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
  }

  /** More often than there are workers, each of whom could be kept by one. */
  @Test
  void refusesFormsThatWereCutShort() {
    String form = "--x\r\nContent-Disposition: form-data; name=\"profile\"\r\n\r\nhalf of it";
    for (int i = 0; i < 20; i++) {
      AggregatedHttpResponse response =
          gateway.post("/ingest?name=app", "multipart/form-data; boundary=x", utf8(form));

      assertThat(response.status()).isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
      assertThat(response.contentUtf8()).contains("Malformed multipart body");
    }

    assertThat(gateway.discarded("malformed_profile")).isEqualTo(20);
  }

  /** B2 of the list of bad inputs, as the other two ways of sending a pprof. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("io.flamelake.gateway.PushTest#badProfiles")
  void refusesBadProfilesRawAndInForms(String name, byte[] profile, String reason) {
    AggregatedHttpResponse raw = post("?name=app&format=pprof", profile);
    AggregatedHttpResponse form = postForm("/ingest?name=app", Map.of("profile", profile));

    assertThat(raw.status()).as(raw.contentUtf8()).isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
    assertThat(form.status()).as(form.contentUtf8()).isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
    assertThat(gateway.discarded(reason)).as("discarded for " + reason).isEqualTo(2);
    assertThat(gateway.stored()).isEmpty();
    await().untilAsserted(() -> assertThat(gateway.bufferBytes()).isZero());
  }

  @Test
  void refusesProfilesThatBreakRulesAsUnprocessable() {
    byte[] old =
        TestProfiles.cpu()
            .timeNanos(TestProfiles.nanos(Instant.now().minusSeconds(7200)))
            .toByteArray();

    AggregatedHttpResponse response = post("?name=app&format=pprof", old);

    assertThat(response.status()).isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
    assertThat(response.contentUtf8()).contains("outside of ingestion window");
    assertThat(gateway.discarded("not_in_ingestion_window")).isEqualTo(1);
  }

  @Test
  void storesNothingOfEmptyProfilesAndOldSpanViews() {
    assertThat(post("?name=app&format=pprof", TestProfiles.empty().toByteArray()).status())
        .isEqualTo(HttpStatus.OK);
    assertThat(
            post(
                    "?format=pprof&name=" + encode("app{profile_id=abc}"),
                    TestProfiles.cpu().toByteArray())
                .status())
        .isEqualTo(HttpStatus.OK);
    assertThat(post("?name=" + encode("app{profile_id=abc}"), utf8("main 1")).status())
        .isEqualTo(HttpStatus.OK);
    assertThat(post("?name=app", utf8("main 0")).status()).isEqualTo(HttpStatus.OK);
    assertThat(gateway.stored()).isEmpty();
  }

  @Test
  void readsGzippedBodies() {
    byte[] gzip = TestProfiles.gzip(TestProfiles.gzip(TestProfiles.cpu().toByteArray()));

    AggregatedHttpResponse response =
        gateway
            .client()
            .execute(
                RequestHeaders.of(
                    HttpMethod.POST,
                    "/ingest?name=app&format=pprof",
                    HttpHeaderNames.CONTENT_ENCODING,
                    "gzip"),
                gzip);

    assertThat(response.status()).isEqualTo(HttpStatus.OK);
    assertThat(gateway.stored()).hasSize(1);
  }

  @Test
  void refusesBodiesOverTheLimitAndOtherMethods() {
    Limits limits = Limits.defaults().withIngestionBodyBytes(100);
    try (TestGateway limited =
        new TestGateway(TestGateway.config().withLimits(limits), new InMemoryObjectStore())) {
      AggregatedHttpResponse response =
          limited.post("/ingest?name=app&format=pprof", "x/y", new byte[101]);
      assertThat(response.status()).isEqualTo(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
      assertThat(response.contentUtf8()).contains("\"code\":\"resource_exhausted\"");
    }

    assertThat(gateway.client().get("/ingest?name=app").status())
        .isEqualTo(HttpStatus.METHOD_NOT_ALLOWED);
  }

  @Test
  void requiresTheTenant() {
    try (TestGateway shared =
        new TestGateway(TestGateway.config().withMultitenancy(true), new InMemoryObjectStore())) {
      AggregatedHttpResponse response =
          shared.post("/ingest?name=app&format=pprof", "x/y", TestProfiles.cpu().toByteArray());

      assertThat(response.status()).isEqualTo(HttpStatus.UNAUTHORIZED);
      assertThat(response.contentUtf8()).contains("\"code\":\"unauthenticated\"");
    }
  }

  private AggregatedHttpResponse post(String query, byte[] body) {
    return gateway.post("/ingest" + query, "application/octet-stream", body);
  }

  private AggregatedHttpResponse postForm(String path, Map<String, byte[]> fields) {
    List<BodyPart> parts = new ArrayList<>();
    new TreeMap<>(fields)
        .forEach(
            (name, content) ->
                parts.add(
                    BodyPart.of(
                        ContentDisposition.builder("form-data").name(name).filename(name).build(),
                        HttpData.wrap(content))));
    return gateway.client().execute(Multipart.of(parts).toHttpRequest(path));
  }

  /** The stack main;f with one sample. */
  private static byte[] stack(String query, String contentType) {
    String format = query + contentType;
    if (format.contains("speedscope")) {
      return utf8(
          speedscope(
              "{\"type\":\"sampled\",\"unit\":\"none\",\"samples\":[[0,1]],\"weights\":[1]}"));
    }

    if (format.contains("trie")) {
      return utf8("\0\0\1\6main;f\1\0");
    }

    if (format.contains("tree")) {
      return utf8("\0\0\1\4main\0\1\1f\1\0");
    }

    return utf8(format.contains("lines") ? "main;f" : "main;f 1");
  }

  private static String speedscope(String profiles) {
    return "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\","
        + "\"shared\":{\"frames\":[{\"name\":\"main\"},{\"name\":\"f\"}]},\"profiles\":["
        + profiles
        + "]}";
  }

  private static String times(Instant from) {
    return "&from=" + from.getEpochSecond() + "&until=" + (from.getEpochSecond() + 10);
  }

  private SegmentRecord onlyRecord() {
    assertThat(gateway.stored()).hasSize(1);
    return gateway.stored().get(0).record();
  }

  private static byte[] payload(SegmentRecord record) {
    return Arrays.copyOfRange(
        record.payload(), record.payloadOffset(), record.payloadOffset() + record.payloadLength());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
