/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Comparator.comparing;

import io.flamelake.catalog.SeriesTable;
import io.flamelake.model.Label;
import java.util.Comparator;
import org.apache.iceberg.Schema;

/** Layout of table {@code series}: by service, profile type and series. */
public final class SeriesLayout implements RowLayout<SeriesTableRow> {

  private static final long serialVersionUID = 1L;

  private static final long ROW_OVERHEAD = 160;

  private static final Comparator<SeriesTableRow> ORDER =
      comparing(SeriesTableRow::serviceName)
          .thenComparing(SeriesTableRow::profileType)
          .thenComparingLong(SeriesTableRow::seriesId);

  @Override
  public LakeTable table() {
    return LakeTable.SERIES;
  }

  @Override
  public String tenant(SeriesTableRow row) {
    return row.tenant();
  }

  @Override
  public int period(SeriesTableRow row) {
    return row.day();
  }

  @Override
  public Schema schema() {
    return SeriesTable.SCHEMA;
  }

  @Override
  public Comparator<SeriesTableRow> order() {
    return ORDER;
  }

  @Override
  public String orderName() {
    return "service_name,profile_type,series_id";
  }

  @Override
  public boolean repeats(SeriesTableRow row, SeriesTableRow previous) {
    return row.seriesId() == previous.seriesId()
        && row.profileType().equals(previous.profileType())
        && row.serviceName().equals(previous.serviceName())
        && row.labels().equals(previous.labels());
  }

  @Override
  public long memoryBytes(SeriesTableRow row) {
    long bytes = ROW_OVERHEAD;
    for (Label label : row.labels().labels()) {
      bytes += label.name().length() + label.value().length();
    }

    return bytes;
  }

  @Override
  public void write(SeriesTableRow row, ParquetRow out) {
    out.putString(SeriesTable.TENANT, row.tenant());
    out.putInt(SeriesTable.DAY, row.day());
    out.putLong(SeriesTable.SERIES_ID, row.seriesId());
    out.putString(SeriesTable.PROFILE_TYPE, row.profileType());
    out.putString(SeriesTable.SERVICE_NAME, row.serviceName());
    out.putLabels(SeriesTable.LABELS, row.labels());
  }

  @Override
  public SeriesTableRow read(ReadRow in) {
    return new SeriesTableRow(
        in.string(SeriesTable.TENANT),
        in.intValue(SeriesTable.DAY),
        in.longValue(SeriesTable.SERIES_ID),
        in.string(SeriesTable.PROFILE_TYPE),
        in.string(SeriesTable.SERVICE_NAME),
        in.labels(SeriesTable.LABELS));
  }
}
