-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- What did the profiles of a service hold when somebody looked at them earlier? Its stacks as of one snapshot.
-- The number is one of: SELECT committed_at, snapshot_id FROM flamelake."profiles$snapshots" ORDER BY committed_at
-- It has to be a literal in the query itself. stacks needs none, since what a stack id means never changes.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        current_timestamp - INTERVAL '1' HOUR AS from_ts,
        current_timestamp AS to_ts,
        'checkout' AS service_name
),
stack_values AS (
    SELECT CAST(p.ts AS date) AS day, s.stack_id, sum(s.value) AS value
    FROM flamelake.profiles FOR VERSION AS OF 1234567890123456789 AS p
    CROSS JOIN parameters AS q
    CROSS JOIN UNNEST(p.stack_ids, p."values") AS s (stack_id, value)
    WHERE p.tenant = q.tenant
        AND p.profile_type = q.profile_type
        AND p.service_name = q.service_name
        AND p.ts >= q.from_ts
        AND p.ts < q.to_ts
    GROUP BY 1, 2
),
stacks AS (
    SELECT k.day, k.stack_id, k.functions
    FROM flamelake_sql.stacks AS k
    CROSS JOIN parameters AS q
    WHERE k.tenant = q.tenant
        AND k.service_name = q.service_name
        AND k.day BETWEEN CAST(q.from_ts AT TIME ZONE 'UTC' AS date) AND CAST(q.to_ts AT TIME ZONE 'UTC' AS date)
)
SELECT array_join(k.functions, ';') AS stack, sum(v.value) AS value
FROM stack_values AS v
JOIN stacks AS k ON k.day = v.day AND k.stack_id = v.stack_id
GROUP BY 1
ORDER BY value DESC, stack
LIMIT 100;
