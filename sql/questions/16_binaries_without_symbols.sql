-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Which binaries ran without symbols, and how much of what was sampled is hidden by that?
-- hidden is the value of samples whose own function is only an address, by binary and build id.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        current_timestamp - INTERVAL '1' HOUR AS from_ts,
        current_timestamp AS to_ts
),
stack_values AS (
    SELECT p.service_name, CAST(p.ts AS date) AS day, s.stack_id, sum(s.value) AS value
    FROM flamelake.profiles AS p
    CROSS JOIN parameters AS q
    CROSS JOIN UNNEST(p.stack_ids, p."values") AS s (stack_id, value)
    WHERE p.tenant = q.tenant
        AND p.profile_type = q.profile_type
        AND p.ts >= q.from_ts
        AND p.ts < q.to_ts
    GROUP BY 1, 2, 3
),
leaves AS (
    SELECT
        k.service_name,
        k.day,
        k.stack_id,
        element_at(k.mappings, -1) AS binary,
        element_at(k.build_ids, -1) AS build_id
    FROM flamelake_sql.stacks AS k
    CROSS JOIN parameters AS q
    WHERE k.tenant = q.tenant
        AND k.day BETWEEN CAST(q.from_ts AT TIME ZONE 'UTC' AS date) AND CAST(q.to_ts AT TIME ZONE 'UTC' AS date)
        -- A frame that has a symbol has address 0; a stack of such frames only has no list of addresses.
        AND element_at(k.addresses, -1) <> 0
)
SELECT l.binary, l.build_id, sum(v.value) AS hidden, array_sort(array_agg(DISTINCT v.service_name)) AS services
FROM stack_values AS v
JOIN leaves AS l ON l.service_name = v.service_name AND l.day = v.day AND l.stack_id = v.stack_id
GROUP BY l.binary, l.build_id
ORDER BY hidden DESC, l.binary, l.build_id
LIMIT 50;
