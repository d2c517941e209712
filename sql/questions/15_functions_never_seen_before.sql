-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Which functions run now that did not run in the days before?
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        -- Whole hours, both included: the view is by hour.
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') - INTERVAL '7' DAY AS from_hour,
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') AS to_hour,
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') AS new_since
)
SELECT t.service_name, t.function, sum(t.self) AS self, sum(t.total) AS total
FROM flamelake_sql.top_functions AS t
CROSS JOIN parameters AS q
WHERE t.tenant = q.tenant
    AND t.profile_type = q.profile_type
    AND t.hour BETWEEN q.from_hour AND q.to_hour
    AND t.day BETWEEN CAST(q.from_hour AS date) AND CAST(q.to_hour AS date)
GROUP BY t.service_name, t.function
HAVING min(t.hour) >= max(q.new_since)
ORDER BY total DESC, t.service_name, t.function
LIMIT 50;
