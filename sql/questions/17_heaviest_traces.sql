-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Which requests cost the most? Value by trace, for services that send trace ids with their samples.
-- own_function is where a trace spent the most. The id is as tracing systems write it: hexadecimal, in lower case.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        current_timestamp - INTERVAL '1' HOUR AS from_ts,
        current_timestamp AS to_ts
),
traced AS (
    SELECT lower(to_hex(s.trace_id)) AS trace, element_at(s.functions, -1) AS function, s.service_name, sum(s.value) AS value
    FROM flamelake_sql.samples_with_frames AS s
    CROSS JOIN parameters AS q
    WHERE s.tenant = q.tenant
        AND s.profile_type = q.profile_type
        AND s.ts >= q.from_ts
        AND s.ts < q.to_ts
        AND s.day BETWEEN CAST(q.from_ts AT TIME ZONE 'UTC' AS date) AND CAST(q.to_ts AT TIME ZONE 'UTC' AS date)
        AND s.trace_id IS NOT NULL
    GROUP BY 1, 2, 3
)
SELECT
    trace,
    sum(value) AS value,
    array_sort(array_agg(DISTINCT service_name)) AS services,
    max_by(function, value) AS own_function
FROM traced
GROUP BY trace
ORDER BY value DESC, trace
LIMIT 20;
