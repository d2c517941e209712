-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Which hours have no roll-up that may be used, so that questions over them read profiles? From metadata and the keys of
-- roll-ups. The newest hours always are among them; many old ones say that maintenance does not run.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') - INTERVAL '30' DAY AS from_hour,
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') AS to_hour
),
rolled_up AS (
    SELECT DISTINCT t.hour
    FROM flamelake_sql.flame_hours AS t
    CROSS JOIN parameters AS q
    WHERE t.tenant = q.tenant
        AND t.hour BETWEEN q.from_hour AND q.to_hour
        AND t.day BETWEEN CAST(q.from_hour AS date) AND CAST(q.to_hour AS date)
)
SELECT h.hour, h.row_count AS profiles, h.bytes
FROM flamelake_sql.hours AS h
CROSS JOIN parameters AS q
LEFT JOIN rolled_up AS r ON r.hour = h.hour
WHERE h.tenant = q.tenant AND h.hour BETWEEN q.from_hour AND q.to_hour AND r.hour IS NULL
ORDER BY h.hour;
