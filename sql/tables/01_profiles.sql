-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- profiles: one row for each profile, sample type and label set. The source of truth.
-- Flamelake creates this table itself, at its first start: the file says what is there, in Trino's words. Iceberg's own
-- properties (row groups, metrics) are in docs/table-schemas.md; the elements of arrays and maps are never null.
CREATE TABLE flamelake.profiles (
    tenant varchar NOT NULL,
    profile_type varchar NOT NULL, -- name:sample_type:sample_unit:period_type:period_unit
    service_name varchar NOT NULL, -- the label of that name
    ts timestamp(6) with time zone NOT NULL, -- when the profile began, in UTC
    duration_ns bigint NOT NULL,
    period bigint NOT NULL,
    series_id bigint NOT NULL, -- hash of the labels
    labels map(varchar, varchar) NOT NULL,
    total_value bigint NOT NULL, -- the sum of values
    stack_ids array(bigint) NOT NULL, -- ascending; looked up in stacks
    "values" array(bigint) NOT NULL, -- parallel to stack_ids
    span_ids array(bigint), -- parallel to stack_ids, null where no span was sent
    trace_ids array(varbinary), -- parallel to stack_ids, null where no trace was sent; 16 bytes each
    profile_id uuid NOT NULL
)
WITH (
    format = 'PARQUET',
    format_version = 2,
    partitioning = ARRAY['tenant', 'hour(ts)'],
    sorted_by = ARRAY['profile_type', 'service_name', 'ts']
);
