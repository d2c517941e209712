-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- What does one function cost in each service, and how much of the service is it?
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        -- Whole hours, both included: the view is by hour.
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') - INTERVAL '23' HOUR AS from_hour,
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') AS to_hour,
        'runtime.mallocgc' AS function
)
SELECT
    t.service_name,
    sum(if(t.function = q.function, t.self, 0)) AS self,
    sum(if(t.function = q.function, t.total, 0)) AS total,
    -- The self values of all functions are all that was sampled.
    round(CAST(sum(if(t.function = q.function, t.total, 0)) AS double) / sum(t.self), 4) AS share
FROM flamelake_sql.top_functions AS t
CROSS JOIN parameters AS q
WHERE t.tenant = q.tenant
    AND t.profile_type = q.profile_type
    AND t.hour BETWEEN q.from_hour AND q.to_hour
    AND t.day BETWEEN CAST(q.from_hour AS date) AND CAST(q.to_hour AS date)
GROUP BY t.service_name
HAVING sum(if(t.function = q.function, t.total, 0)) > 0
ORDER BY total DESC, t.service_name;
