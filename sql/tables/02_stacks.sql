-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- stacks: what the stack ids of a service mean, for each day they occur on. The same row may be there more than once.
-- Flamelake creates this table itself, at its first start: the file says what is there, in Trino's words. Iceberg's own
-- properties (row groups, metrics) are in docs/table-schemas.md; the elements of arrays and maps are never null.
CREATE TABLE flamelake.stacks (
    tenant varchar NOT NULL,
    day date NOT NULL, -- of the profile's ts, in UTC
    service_name varchar NOT NULL,
    stack_id bigint NOT NULL,
    functions array(varchar) NOT NULL, -- root first; binary!0xaddress where there is no symbol
    lines array(integer) NOT NULL, -- parallel to functions; 0 if unknown
    files array(varchar) NOT NULL, -- parallel to functions; empty if unknown
    mappings array(varchar), -- parallel to functions; null where every frame has a symbol
    build_ids array(varchar), -- as mappings
    addresses array(bigint) -- as mappings; 0 for a frame that has a symbol
)
WITH (
    format = 'PARQUET',
    format_version = 2,
    partitioning = ARRAY['tenant', 'day']
);
