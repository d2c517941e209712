/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The statuses that clients know, case by case; one CPU profile is there. */
class QuerierStatusTest {
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final TenantId TENANT = TenantId.ANONYMOUS;

  @TempDir private static Path directory;

  private static QueryServer server;
  private static long now;

  @BeforeAll
  static void start() {
    server = new QueryServer(directory, QueryConfig.defaults());
    now = System.currentTimeMillis();
    server.push(
        TENANT,
        PushedProfile.random(
                new Random(1), TENANT, LabelSet.of("service_name", "pyroscope"), now - 60_000)
            .toRecord());
  }

  @AfterAll
  static void close() {
    server.close();
  }

  // In the tables: ' for ", R a range of an hour, Q a valid query for samples.
  private static String body(String template) {
    String range = "'start':" + (now - 3_600_000) + ",'end':" + now;
    return template
        .replace("Q", "'profileTypeID':'" + CPU + "','labelSelector':'{}',R")
        .replace("RTURNED", "'start':" + now + ",'end':" + (now - 3_600_000))
        .replace("RLONG", "'start':" + (now - 30L * 86_400_000) + ",'end':" + now)
        .replace("RDAYS", "'start':" + (now - 3L * 86_400_000) + ",'end':" + now)
        .replace("RANCIENT", "'start':1000,'end':4000")
        .replace("RTEXT", "'start':'abc','end':" + now)
        .replace("TYPE", "'profileTypeID':'" + CPU + "'")
        .replace("R", range)
        .replace('\'', '"');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "200|ProfileTypes|{R}",
        "200|ProfileTypes|{}",
        "200|ProfileTypes|{'start':0,'end':0}",
        "200|ProfileTypes|{RLONG}",
        "200|ProfileTypes|{RANCIENT}",
        "200|ProfileTypes|{'start':-1,'end':5}",
        "200|ProfileTypes|{'start':5,'end':-1}",
        "200|ProfileTypes|{'start':-5,'end':-1}",
        "400|ProfileTypes|{",
        "400|ProfileTypes|``",
        "400|ProfileTypes|{RTURNED}",
        "400|ProfileTypes|{RTEXT}",
        "200|LabelValues|{'name':'service_name',R}",
        "200|LabelValues|{'name':'service_name','matchers':['{}'],R}",
        "200|LabelValues|{'name':'service_name','matchers':['{a=\\'b\\'}','{c=\\'d\\'}'],R}",
        "200|LabelValues|{'name':'service_name'}",
        "400|LabelValues|{'name':'service_name','matchers':['{invalid'],R}",
        "400|LabelValues|{",
        "400|LabelValues|``",
        "400|LabelValues|{'name':'service_name',RTURNED}",
        "400|LabelValues|{'name':'',R}",
        "400|LabelValues|{R}",
        "200|LabelNames|{R}",
        "200|LabelNames|{'matchers':['{}'],R}",
        "200|LabelNames|{}",
        "400|LabelNames|{'start':5}",
        "400|LabelNames|{RTURNED}",
        "400|LabelNames|{'matchers':['{invalid'],R}",
        "400|LabelNames|``",
        "200|Series|{R}",
        "200|Series|{'labelNames':['service_name'],R}",
        "200|Series|{'matchers':[]}",
        "400|Series|{'matchers':['{a=~\\'(?=\\'}'],R}",
        "400|Series|{RTURNED}",
        "400|Series|{",
        "400|Series|``",
        "200|SelectMergeStacktraces|{Q}",
        "200|SelectMergeStacktraces|{'maxNodes':100,Q}",
        "200|SelectMergeStacktraces|{'maxNodes':0,Q}",
        "200|SelectMergeStacktraces|{'maxNodes':1048576,Q}",
        "200|SelectMergeStacktraces|{'format':2,Q}",
        "200|SelectMergeStacktraces|{TYPE,'labelSelector':'{}',RANCIENT}",
        "400|SelectMergeStacktraces|{'maxNodes':-1,Q}",
        "400|SelectMergeStacktraces|{'maxNodes':2147483648,Q}",
        "400|SelectMergeStacktraces|{'labelSelector':'{}',R}",
        "400|SelectMergeStacktraces|{'profileTypeID':'','labelSelector':'{}',R}",
        "400|SelectMergeStacktraces|{'profileTypeID':'invalid','labelSelector':'{}',R}",
        "400|SelectMergeStacktraces|{TYPE,R}",
        "400|SelectMergeStacktraces|{TYPE,'labelSelector':'',R}",
        "400|SelectMergeStacktraces|{TYPE,'labelSelector':'{invalid',R}",
        "400|SelectMergeStacktraces|{TYPE,'labelSelector':'{}',RTURNED}",
        "400|SelectMergeStacktraces|{TYPE,'labelSelector':'{}',RDAYS}",
        "400|SelectMergeStacktraces|{TYPE,'labelSelector':'{}'}",
        "400|SelectMergeStacktraces|{'spanSelector':['zz'],Q}",
        "400|SelectMergeStacktraces|{'profileIdSelector':['7'],Q}",
        "400|SelectMergeStacktraces|{",
        "400|SelectMergeStacktraces|``",
        "200|SelectMergeStacktraces|{'async':{'type':1},Q}",
        "501|SelectMergeStacktraces|{'stackTraceSelector':{'goPgo':{'keepLocations':5}},Q}",
        "200|SelectMergeProfile|{Q}",
        "200|SelectMergeProfile|{'maxNodes':100,Q}",
        "400|SelectMergeProfile|{'labelSelector':'{}',R}",
        "400|SelectMergeProfile|{'profileTypeID':'a:b','labelSelector':'{}',R}",
        "400|SelectMergeProfile|{TYPE,R}",
        "400|SelectMergeProfile|{TYPE,'labelSelector':'{}',RTURNED}",
        "400|SelectMergeProfile|{TYPE,'labelSelector':'{}'}",
        "400|SelectMergeProfile|``",
        "200|SelectSeries|{'step':15,Q}",
        "200|SelectSeries|{'step':15,'groupBy':['pod'],Q}",
        "200|SelectSeries|{'step':15,'limit':1,Q}",
        "200|SelectSeries|{'step':1000000,Q}",
        "400|SelectSeries|{Q}",
        "400|SelectSeries|{'step':0,Q}",
        "400|SelectSeries|{'step':1e300,Q}",
        "400|SelectSeries|{'step':'Infinity',Q}",
        "400|SelectSeries|{'step':-1,Q}",
        "400|SelectSeries|{'step':'NaN',Q}",
        "400|SelectSeries|{'step':0.0001,Q}",
        "400|SelectSeries|{'step':0.001,Q}",
        "400|SelectSeries|{'step':15,TYPE,R}",
        "400|SelectSeries|{'step':15,'labelSelector':'{}',R}",
        "400|SelectSeries|{'step':15,TYPE,'labelSelector':'{}',RTURNED}",
        "400|SelectSeries|{'step':15,TYPE,'labelSelector':'{}'}",
        "400|SelectSeries|``",
        "501|SelectSeries|{'step':15,'exemplarType':3,Q}",
        "200|Diff|{'left':{Q},'right':{Q}}",
        "200|Diff|{'left':{'maxNodes':10,Q},'right':{Q}}",
        "400|Diff|{'left':{Q}}",
        "400|Diff|{'right':{Q}}",
        "400|Diff|{'left':{Q},'right':{'labelSelector':'{}',R}}",
        "400|Diff|{'left':{'profileTypeID':'invalid','labelSelector':'{}',R},'right':{Q}}",
        "400|Diff|{'left':{TYPE,R},'right':{Q}}",
        "400|Diff|{",
        "400|Diff|``",
        "200|GetProfileStats|{}",
        "400|SelectHeatmap|{}",
        "400|AnalyzeQuery|{}",
        "501|NoSuchMethod|{}",
      })
  void answersWithStatus(int status, String method, String template) {
    AggregatedHttpResponse response =
        server.json(TENANT, method, body(template == null ? "" : template));
    assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(status);
    if (status == 400) {
      assertThat(response.contentUtf8()).contains("\"code\":\"invalid_argument\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ProfileTypes",
        "LabelValues",
        "LabelNames",
        "Series",
        "SelectMergeStacktraces",
        "SelectMergeProfile",
        "SelectSeries",
        "Diff",
        "GetProfileStats"
      })
  void takesOnlyPostsOfKnownTypes(String method) {
    String path = "/querier.v1.QuerierService/" + method;
    for (HttpMethod other :
        new HttpMethod[] {HttpMethod.GET, HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.PATCH}) {
      assertThat(status(other, path, MediaType.JSON, "{}")).as("%s", other).isEqualTo(405);
    }

    assertThat(status(HttpMethod.POST, path, MediaType.PLAIN_TEXT_UTF_8, "{}")).isEqualTo(415);
  }

  private static int status(HttpMethod method, String path, MediaType type, String body) {
    return server
        .client()
        .execute(
            QueryServer.headers(TENANT, method, path).contentType(type).build(),
            HttpData.ofUtf8(body))
        .aggregate()
        .join()
        .status()
        .code();
  }

  // Q is the encoded valid query.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200|query=Q&from=now-15m&until=now",
        "200|query=Q",
        "200|query=Q&from=now-15m&until=now&format=dot",
        "200|query=Q&from=now-15m&until=now&format=dot&maxNodes=10",
        "200|query=Q&from=now-15m&until=now&format=dot&max-nodes=10",
        "200|query=Q&from=now-15m&until=now&format=collapsed",
        "200|query=Q&from=now-15m&until=now&format=pprof",
        "200|query=Q&from=now-15m&until=now&groupBy=pod",
        "200|query=Q&from=now-15m&until=now&groupBy=pod&groupBy=zone",
        "200|query=Q&from=now-15m&until=now&aggregation=sum",
        "200|query=Q&from=now-15m&until=now&aggregation=avg",
        "200|query=Q&from=now-15m&until=now&aggregation=invalid",
        "200|query=Q&from=now-15m&until=now&maxNodes=10",
        "200|query=Q&from=now-15m&until=now&max-nodes=10",
        "200|query=Q&from=now-15m&until=now&max-nodes=0",
        "200|query=Q&from=now-15m&until=now&max-nodes=abc",
        "400|query=Q&from=now-15m&until=now&max-nodes=2147483648",
        "400|query=Q&from=0&until=0",
        "400|query=Q&from=0&until=now",
        "400|query=Q&from=now-15m&until=0",
        "400|query=Q&from=0&until=0&format=dot",
        "400|query=Q&from=yesterday&until=now",
        "400|query=Q&from=now&until=now-15m",
        "400|from=now-15m&until=now",
        "400|query=&from=now-15m&until=now",
        "400|query=%7Bservice_name%3D%22a%22%7D&from=now-15m&until=now",
        "400|query=process_cpu%7Ba%3D%22b%22%7D&from=now-15m&until=now",
        "400|query=Q%7B&from=now-15m&until=now",
      })
  void rendersWithStatus(int status, String parameters) {
    AggregatedHttpResponse response = server.get(TENANT, "/pyroscope/render?" + encode(parameters));
    assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200|leftQuery=Q&leftFrom=now-15m&leftUntil=now&rightQuery=Q&rightFrom=now-1h&rightUntil=now",
        "400|leftFrom=now-15m&leftUntil=now&rightQuery=Q&rightFrom=now-1h&rightUntil=now",
        "400|leftQuery=Q&leftFrom=now-15m&leftUntil=now&rightFrom=now-1h&rightUntil=now",
        "400|leftQuery=&rightQuery=Q",
        "400|leftQuery=Q%7B&rightQuery=Q",
        "400|leftQuery=Q&rightQuery=a:b:c:d:e",
        "400|leftQuery=Q&leftFrom=0&rightQuery=Q",
        "400|leftQuery=Q&leftUntil=0&rightQuery=Q",
        "400|leftQuery=Q&rightQuery=Q&rightFrom=0",
        "400|leftQuery=Q&rightQuery=Q&rightUntil=0",
      })
  void rendersDifferenceWithStatus(int status, String parameters) {
    AggregatedHttpResponse response =
        server.get(TENANT, "/pyroscope/render-diff?" + encode(parameters));
    assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(status);
  }

  private static String encode(String parameters) {
    String query = CPU + "{service_name=\"pyroscope\"}";
    return parameters.replace("=Q", "=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/pyroscope/render", "/pyroscope/render-diff", "/pyroscope/label-values"})
  void rendersOnlyForGet(String path) {
    for (HttpMethod other :
        new HttpMethod[] {HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.PATCH}) {
      assertThat(status(other, path, MediaType.JSON, "{}")).as("%s", other).isEqualTo(405);
    }
  }

  @Test
  void namesLimitInMessage() {
    AggregatedHttpResponse response =
        server.json(TENANT, "SelectMergeStacktraces", body("{TYPE,'labelSelector':'{}',RDAYS}"));
    assertThat(response.contentUtf8())
        .contains(
            "the query time range exceeds the limit (max_query_length, actual: 72h, limit: 24h)");
  }
}
