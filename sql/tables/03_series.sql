-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- series: the label sets and profile types seen on a day. The same row may be there more than once.
-- Flamelake creates this table itself, at its first start: the file says what is there, in Trino's words. Iceberg's own
-- properties (row groups, metrics) are in docs/table-schemas.md; the elements of arrays and maps are never null.
CREATE TABLE flamelake.series (
    tenant varchar NOT NULL,
    day date NOT NULL, -- of the profile's ts, in UTC
    series_id bigint NOT NULL,
    profile_type varchar NOT NULL,
    service_name varchar NOT NULL,
    labels map(varchar, varchar) NOT NULL
)
WITH (
    format = 'PARQUET',
    format_version = 2,
    partitioning = ARRAY['tenant', 'day'],
    sorted_by = ARRAY['service_name', 'profile_type', 'series_id']
);
