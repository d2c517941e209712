/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.model.TenantId;
import io.flamelake.query.QueryReads;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what queries read: the client in headers, operators in the log and in metrics. */
final class QueryReport {
  private static final Logger LOG = LoggerFactory.getLogger(QueryReport.class);

  private static final String ENGINE = "Flamelake-Read-Engine";
  private static final String PROFILES = "Flamelake-Read-Profiles";
  private static final String FILES = "Flamelake-Read-Files";
  private static final String BYTES = "Flamelake-Read-Bytes";
  private static final String FETCHED_BYTES = "Flamelake-Read-Fetched-Bytes";
  private static final String HOURS = "Flamelake-Read-Hours";
  private static final String DAYS = "Flamelake-Read-Days";
  private static final String TAIL_SEGMENTS = "Flamelake-Read-Tail-Segments";

  private final MeterRegistry meters;

  QueryReport(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Adds what was read to the headers of whatever response the request gets. */
  static void addHeaders(QueryReads.Totals totals, ServiceRequestContext ctx) {
    ctx.setAdditionalResponseHeader(ENGINE, totals.engine());
    ctx.setAdditionalResponseHeader(PROFILES, totals.profiles());
    ctx.setAdditionalResponseHeader(FILES, totals.dataFiles());
    ctx.setAdditionalResponseHeader(BYTES, totals.bytes());
    ctx.setAdditionalResponseHeader(FETCHED_BYTES, totals.fetchedBytes());
    ctx.setAdditionalResponseHeader(HOURS, totals.hourRows());
    ctx.setAdditionalResponseHeader(DAYS, totals.dayRows());
    ctx.setAdditionalResponseHeader(TAIL_SEGMENTS, totals.tailSegments());
  }

  /** Logs and counts one query that was answered. */
  void answered(String name, List<TenantId> tenants, QueryReads reads, Duration duration) {
    QueryReads.Totals totals = reads.totals();
    count("flamelake.query.read.profiles", totals.profiles(), totals);
    count("flamelake.query.read.files", totals.dataFiles(), totals);
    count("flamelake.query.read.bytes", totals.bytes(), totals);
    count("flamelake.query.read.fetched.bytes", totals.fetchedBytes(), totals);
    count("flamelake.query.read.hours", totals.hourRows(), totals);
    count("flamelake.query.read.days", totals.dayRows(), totals);
    count("flamelake.query.read.tail.segments", totals.tailSegments(), totals);
    if (LOG.isInfoEnabled()) {
      LOG.info(
          "{} of tenants {} took {} ms and read {} profiles, {} files, {} bytes ({} fetched), {}"
              + " hours, {} days, {} tail segments by {}: {}",
          name,
          tenants,
          duration.toMillis(),
          totals.profiles(),
          totals.dataFiles(),
          totals.bytes(),
          totals.fetchedBytes(),
          totals.hourRows(),
          totals.dayRows(),
          totals.tailSegments(),
          totals.engine(),
          onOneLine(reads.questions()));
    }
  }

  private void count(String name, long amount, QueryReads.Totals totals) {
    meters.counter(name, "engine", totals.engine()).increment(amount);
  }

  /** Selectors are the clients' words, and must not look like lines of their own. */
  private static String onOneLine(List<String> questions) {
    return questions.toString().replaceAll("\\p{Cntrl}", "?");
  }
}
