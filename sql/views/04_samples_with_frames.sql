-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- One row for each sample, with its frames. functions, lines and files are parallel, root first: the function that ran is
-- functions[cardinality(functions)].
CREATE OR REPLACE VIEW flamelake_sql.samples_with_frames
COMMENT 'One row for each sample, with its frames, root first'
AS
SELECT
    s.tenant,
    s.ts,
    s.day,
    s.profile_type,
    s.service_name,
    s.labels,
    s.series_id,
    s.profile_id,
    s.duration_ns,
    s.period,
    s.stack_id,
    s.value,
    s.span_id,
    s.trace_id,
    k.functions,
    k.lines,
    k.files
FROM flamelake_sql.samples AS s
JOIN flamelake_sql.stacks AS k
    ON k.tenant = s.tenant
    AND k.day = s.day
    AND k.service_name = s.service_name
    AND k.stack_id = s.stack_id;
