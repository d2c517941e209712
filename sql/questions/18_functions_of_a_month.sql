-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Which functions burned the most themselves over weeks?
-- share is of all that was sampled, days is on how many days it ran. From roll-ups of days alone: no profile and no stack is read. Days that are not rolled up yet are left out.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        -- Both included. Today is not over.
        CAST(current_timestamp AT TIME ZONE 'UTC' AS date) - INTERVAL '30' DAY AS from_day,
        CAST(current_timestamp AT TIME ZONE 'UTC' AS date) - INTERVAL '1' DAY AS to_day
)
SELECT
    t.function,
    sum(t.self) AS self,
    round(CAST(sum(t.self) AS double) / sum(sum(t.self)) OVER (), 4) AS share,
    count(DISTINCT t.service_name) AS services,
    count(DISTINCT t.day) AS days
FROM flamelake_sql.functions_by_day AS t
CROSS JOIN parameters AS q
WHERE t.tenant = q.tenant
    AND t.profile_type = q.profile_type
    AND t.day BETWEEN q.from_day AND q.to_day
    AND t.self > 0
GROUP BY t.function
ORDER BY self DESC, t.function
LIMIT 20;
