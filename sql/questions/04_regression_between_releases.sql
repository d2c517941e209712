-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Which functions of a service became more expensive from one release to another?
-- Releases are values of a label. A share is a part of all that its release was sampled, so releases that ran for different
-- times, or on different numbers of pods, can be compared. It is of total: with all that the function calls.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        current_timestamp - INTERVAL '1' HOUR AS from_ts,
        current_timestamp AS to_ts,
        'checkout' AS service_name,
        'version' AS label,
        'v1' AS old_release,
        'v2' AS new_release
),
stack_values AS (
    SELECT
        CAST(p.ts AS date) AS day,
        s.stack_id,
        sum(if(element_at(p.labels, q.label) = q.old_release, s.value, 0)) AS old_value,
        sum(if(element_at(p.labels, q.label) = q.new_release, s.value, 0)) AS new_value
    FROM flamelake.profiles AS p
    CROSS JOIN parameters AS q
    CROSS JOIN UNNEST(p.stack_ids, p."values") AS s (stack_id, value)
    WHERE p.tenant = q.tenant
        AND p.profile_type = q.profile_type
        AND p.service_name = q.service_name
        AND p.ts >= q.from_ts
        AND p.ts < q.to_ts
        AND element_at(p.labels, q.label) IN (q.old_release, q.new_release)
    GROUP BY 1, 2
),
stacks AS (
    SELECT k.day, k.stack_id, k.functions
    FROM flamelake_sql.stacks AS k
    CROSS JOIN parameters AS q
    WHERE k.tenant = q.tenant
        AND k.service_name = q.service_name
        AND k.day BETWEEN CAST(q.from_ts AT TIME ZONE 'UTC' AS date) AND CAST(q.to_ts AT TIME ZONE 'UTC' AS date)
),
sums AS (
    SELECT nullif(sum(old_value), 0) AS old_value, nullif(sum(new_value), 0) AS new_value
    FROM stack_values
),
shares AS (
    SELECT
        f.function,
        CAST(sum(v.old_value) AS double) / max(t.old_value) AS old_share,
        CAST(sum(v.new_value) AS double) / max(t.new_value) AS new_share
    FROM stack_values AS v
    CROSS JOIN sums AS t
    JOIN stacks AS k ON k.day = v.day AND k.stack_id = v.stack_id
    CROSS JOIN UNNEST(array_distinct(k.functions)) AS f (function)
    GROUP BY f.function
)
SELECT
    function,
    round(old_share, 4) AS old_share,
    round(new_share, 4) AS new_share,
    round(new_share - old_share, 4) AS change
FROM shares
WHERE new_share > old_share
ORDER BY new_share - old_share DESC, function
LIMIT 20;
