-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- How much of each service is garbage collection, or compression, or whatever a pattern of function names describes?
-- A stack counts once if any of its functions matches.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        current_timestamp - INTERVAL '1' HOUR AS from_ts,
        current_timestamp AS to_ts,
        '^runtime\.(gc|mallocgc)' AS pattern
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
    SELECT k.service_name, k.day, k.stack_id, any_match(k.functions, f -> regexp_like(f, q.pattern)) AS matches
    FROM flamelake_sql.stacks AS k
    CROSS JOIN parameters AS q
    WHERE k.tenant = q.tenant
        AND k.day BETWEEN CAST(q.from_ts AT TIME ZONE 'UTC' AS date) AND CAST(q.to_ts AT TIME ZONE 'UTC' AS date)
)
SELECT
    v.service_name,
    sum(if(k.matches, v.value, 0)) AS matching,
    sum(v.value) AS total,
    round(CAST(sum(if(k.matches, v.value, 0)) AS double) / sum(v.value), 4) AS share
FROM stack_values AS v
JOIN stacks AS k ON k.service_name = v.service_name AND k.day = v.day AND k.stack_id = v.stack_id
GROUP BY v.service_name
HAVING sum(v.value) > 0
ORDER BY share DESC, v.service_name;
