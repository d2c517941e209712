-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- What does a function call, in which services, and what is spent in those calls?
-- callee is null for what the function did itself.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        -- Whole hours, both included: the view is by hour.
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') - INTERVAL '23' HOUR AS from_hour,
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') AS to_hour,
        'runtime.mallocgc' AS function
)
SELECT t.callee, sum(t.total) AS total, array_sort(array_agg(DISTINCT t.service_name)) AS services
FROM flamelake_sql.callees AS t
CROSS JOIN parameters AS q
WHERE t.tenant = q.tenant
    AND t.profile_type = q.profile_type
    AND t.function = q.function
    AND t.hour BETWEEN q.from_hour AND q.to_hour
    AND t.day BETWEEN CAST(q.from_hour AS date) AND CAST(q.to_hour AS date)
GROUP BY t.callee
ORDER BY total DESC, t.callee
LIMIT 50;
