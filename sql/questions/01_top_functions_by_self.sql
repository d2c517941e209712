-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Which functions burn the most themselves, over the whole fleet?
-- self is what a function did itself; services is in how many services it did so.
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
    SELECT k.service_name, k.day, k.stack_id, element_at(k.functions, -1) AS function
    FROM flamelake_sql.stacks AS k
    CROSS JOIN parameters AS q
    WHERE k.tenant = q.tenant
        AND k.day BETWEEN CAST(q.from_ts AT TIME ZONE 'UTC' AS date) AND CAST(q.to_ts AT TIME ZONE 'UTC' AS date)
)
SELECT k.function, sum(v.value) AS self, count(DISTINCT v.service_name) AS services
FROM stack_values AS v
JOIN stacks AS k ON k.service_name = v.service_name AND k.day = v.day AND k.stack_id = v.stack_id
GROUP BY k.function
ORDER BY self DESC, k.function
LIMIT 20;
