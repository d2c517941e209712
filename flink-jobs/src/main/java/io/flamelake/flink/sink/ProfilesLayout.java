/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Comparator.comparing;

import io.flamelake.catalog.ProfilesTable;
import java.util.Comparator;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;

/** Layout of table {@code profiles}: by profile type, service and time, so a query reads runs. */
public final class ProfilesLayout implements RowLayout<ProfileTableRow> {

  private static final long serialVersionUID = 2L;

  private static final long MICROS_PER_HOUR = 3_600_000_000L;
  private static final long ROW_OVERHEAD = 256;

  private static final Comparator<ProfileTableRow> ORDER =
      comparing(ProfileTableRow::profileType)
          .thenComparing(ProfileTableRow::serviceName)
          .thenComparingLong(ProfileTableRow::timeMicros);

  private final boolean isCompacted;

  public ProfilesLayout() {
    this(false);
  }

  private ProfilesLayout(boolean isCompacted) {
    this.isCompacted = isCompacted;
  }

  @Override
  public LakeTable table() {
    return LakeTable.PROFILES;
  }

  @Override
  public String tenant(ProfileTableRow row) {
    return row.tenant();
  }

  @Override
  public int period(ProfileTableRow row) {
    return Math.toIntExact(Math.floorDiv(row.timeMicros(), MICROS_PER_HOUR));
  }

  @Override
  public Schema schema() {
    return ProfilesTable.SCHEMA;
  }

  @Override
  public Comparator<ProfileTableRow> order() {
    return ORDER;
  }

  @Override
  public String orderName() {
    return "profile_type,service_name,ts";
  }

  @Override
  public boolean repeats(ProfileTableRow row, ProfileTableRow previous) {
    // Two profiles of one series and moment are two profiles.
    return false;
  }

  @Override
  public boolean startsRun(ProfileTableRow row, ProfileTableRow previous) {
    return !row.serviceName().equals(previous.serviceName())
        || !row.profileType().equals(previous.profileType());
  }

  @Override
  public UnaryOperator<ProfileTableRow> newArrangement() {
    return isCompacted ? new SampleArrangement() : UnaryOperator.identity();
  }

  @Override
  public ProfilesLayout compacted() {
    return new ProfilesLayout(true);
  }

  @Override
  public long memoryBytes(ProfileTableRow row) {
    int longs = 2 * row.stackIds().length;
    longs += row.spanIds() == null ? 0 : row.spanIds().length;
    longs += row.traceIds() == null ? 0 : row.traceIds().length;
    return ROW_OVERHEAD + (long) Long.BYTES * longs;
  }

  @Override
  public void write(ProfileTableRow row, ParquetRow out) {
    out.putString(ProfilesTable.TENANT, row.tenant());
    out.putString(ProfilesTable.PROFILE_TYPE, row.profileType());
    out.putString(ProfilesTable.SERVICE_NAME, row.serviceName());
    out.putLong(ProfilesTable.TS, row.timeMicros());
    out.putLong(ProfilesTable.DURATION_NS, row.durationNanos());
    out.putLong(ProfilesTable.PERIOD, row.period());
    out.putLong(ProfilesTable.SERIES_ID, row.seriesId());
    out.putLabels(ProfilesTable.LABELS, row.labels());
    out.putLong(ProfilesTable.TOTAL_VALUE, row.totalValue());
    out.putLongs(ProfilesTable.STACK_IDS, row.stackIds());
    out.putLongs(ProfilesTable.VALUES, row.values());
    long[] spanIds = row.spanIds();
    if (spanIds != null) {
      out.putLongs(ProfilesTable.SPAN_IDS, spanIds);
    }

    long[] traceIds = row.traceIds();
    if (traceIds != null) {
      out.putWideIds(ProfilesTable.TRACE_IDS, traceIds);
    }

    out.putUuid(ProfilesTable.PROFILE_ID, row.profileId());
  }

  @Override
  public ProfileTableRow read(ReadRow in) {
    return new ProfileTableRow(
        in.string(ProfilesTable.TENANT),
        in.string(ProfilesTable.PROFILE_TYPE),
        in.string(ProfilesTable.SERVICE_NAME),
        in.longValue(ProfilesTable.TS),
        in.longValue(ProfilesTable.DURATION_NS),
        in.longValue(ProfilesTable.PERIOD),
        in.longValue(ProfilesTable.SERIES_ID),
        in.labels(ProfilesTable.LABELS),
        in.longValue(ProfilesTable.TOTAL_VALUE),
        in.longs(ProfilesTable.STACK_IDS),
        in.longs(ProfilesTable.VALUES),
        in.findLongs(ProfilesTable.SPAN_IDS),
        in.findWideIds(ProfilesTable.TRACE_IDS),
        in.uuid(ProfilesTable.PROFILE_ID));
  }
}
