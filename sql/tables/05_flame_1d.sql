-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- flame_1d: the call tree of a service over a day. Made from flame_1h by the maintenance job, and made again.
-- A row counts only while the content of profiles is what it was made of: read the view flame_days instead, which knows.
-- Flamelake creates this table itself, at its first start: the file says what is there, in Trino's words. Iceberg's own
-- properties (row groups, metrics) are in docs/table-schemas.md; the elements of arrays are never null.
CREATE TABLE flamelake.flame_1d (
    tenant varchar NOT NULL,
    profile_type varchar NOT NULL,
    service_name varchar NOT NULL,
    ts timestamp(6) with time zone NOT NULL, -- the start of the day, in UTC
    total_value bigint NOT NULL, -- the sum of all values
    profiles bigint NOT NULL, -- how many rows of profiles are in it
    samples bigint NOT NULL, -- how many samples these have
    names array(varchar) NOT NULL, -- the functions of the tree, each once
    parents array(integer) NOT NULL, -- of each node, how far before it its parent is; 0: it is the first of its stacks
    functions array(integer) NOT NULL, -- parallel to parents: an index of names, from 0
    self array(bigint) NOT NULL, -- parallel to parents
    covered_sequence bigint NOT NULL, -- with covered_rows: which content of profiles it was made of
    covered_rows bigint NOT NULL
)
WITH (
    format = 'PARQUET',
    format_version = 2,
    partitioning = ARRAY['tenant', 'day(ts)'],
    sorted_by = ARRAY['profile_type', 'service_name', 'ts']
);
