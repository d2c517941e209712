-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Which labels make the most series? How many values each label has, and in how many series it occurs, over some days.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        CAST(current_timestamp AT TIME ZONE 'UTC' AS date) - INTERVAL '6' DAY AS from_day,
        CAST(current_timestamp AT TIME ZONE 'UTC' AS date) AS to_day
)
SELECT
    l.name AS label,
    count(DISTINCT l.value) AS distinct_values,
    count(DISTINCT s.series_id) AS series,
    count(DISTINCT s.service_name) AS services
FROM flamelake_sql.series AS s
CROSS JOIN parameters AS q
CROSS JOIN UNNEST(s.labels) AS l (name, value)
WHERE s.tenant = q.tenant
    AND s.day BETWEEN q.from_day AND q.to_day
GROUP BY l.name
ORDER BY distinct_values DESC, series DESC, label
LIMIT 50;
