-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- What changed between two windows of time? Self values of each function in both, the largest change first.
-- The windows have the same length, so that the values themselves can be compared, and do not overlap.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        'checkout' AS service_name,
        current_timestamp - INTERVAL '1' HOUR AS before_ts,
        current_timestamp - INTERVAL '30' MINUTE AS after_ts,
        INTERVAL '30' MINUTE AS length
),
stack_values AS (
    SELECT
        CAST(p.ts AS date) AS day,
        s.stack_id,
        sum(if(p.ts < q.before_ts + q.length, s.value, 0)) AS before_value,
        sum(if(p.ts >= q.after_ts, s.value, 0)) AS after_value
    FROM flamelake.profiles AS p
    CROSS JOIN parameters AS q
    CROSS JOIN UNNEST(p.stack_ids, p."values") AS s (stack_id, value)
    WHERE p.tenant = q.tenant
        AND p.profile_type = q.profile_type
        AND p.service_name = q.service_name
        AND p.ts >= q.before_ts
        AND p.ts < q.after_ts + q.length
    GROUP BY 1, 2
),
stacks AS (
    SELECT k.day, k.stack_id, k.functions
    FROM flamelake_sql.stacks AS k
    CROSS JOIN parameters AS q
    WHERE k.tenant = q.tenant
        AND k.service_name = q.service_name
        AND k.day >= CAST(q.before_ts AT TIME ZONE 'UTC' AS date)
        AND k.day <= CAST((q.after_ts + q.length) AT TIME ZONE 'UTC' AS date)
)
SELECT
    element_at(k.functions, -1) AS function,
    sum(v.before_value) AS before_self,
    sum(v.after_value) AS after_self,
    sum(v.after_value) - sum(v.before_value) AS change
FROM stack_values AS v
JOIN stacks AS k ON k.day = v.day AND k.stack_id = v.stack_id
GROUP BY 1
HAVING sum(v.before_value) <> sum(v.after_value)
ORDER BY abs(sum(v.after_value) - sum(v.before_value)) DESC, function
LIMIT 20;
