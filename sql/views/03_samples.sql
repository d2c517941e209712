-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- The profiles table flattened: one row for each sample, with its stack as an id. For totals alone ask
-- profiles.total_value, and for sums by stack stack_values: both read much less. span_id and trace_id are null where the
-- client sent none.
CREATE OR REPLACE VIEW flamelake_sql.samples
COMMENT 'One row for each sample'
AS
SELECT
    p.tenant,
    p.ts,
    CAST(p.ts AS date) AS day,
    p.profile_type,
    p.service_name,
    p.labels,
    p.series_id,
    p.profile_id,
    p.duration_ns,
    p.period,
    s.stack_id,
    s.value,
    nullif(s.span_id, 0) AS span_id,
    nullif(s.trace_id, X'00000000000000000000000000000000') AS trace_id
FROM flamelake.profiles AS p
CROSS JOIN UNNEST(p.stack_ids, p."values", p.span_ids, p.trace_ids) AS s (stack_id, value, span_id, trace_id);
