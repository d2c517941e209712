-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Which functions cost the most with all that they call, over the whole fleet?
-- total counts a function once in a stack however often it calls itself; share is its part of all that was sampled.
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
stacks AS (
    SELECT k.service_name, k.day, k.stack_id, k.functions
    FROM flamelake_sql.stacks AS k
    CROSS JOIN parameters AS q
    WHERE k.tenant = q.tenant
        AND k.day BETWEEN CAST(q.from_ts AT TIME ZONE 'UTC' AS date) AND CAST(q.to_ts AT TIME ZONE 'UTC' AS date)
)
SELECT
    f.function,
    sum(v.value) AS total,
    sum(if(f.function = element_at(k.functions, -1), v.value, 0)) AS self,
    round(CAST(sum(v.value) AS double) / (SELECT sum(value) FROM stack_values), 4) AS share
FROM stack_values AS v
JOIN stacks AS k ON k.service_name = v.service_name AND k.day = v.day AND k.stack_id = v.stack_id
CROSS JOIN UNNEST(array_distinct(k.functions)) AS f (function)
GROUP BY f.function
ORDER BY total DESC, f.function
LIMIT 20;
