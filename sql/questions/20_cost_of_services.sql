-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- What does each service cost to keep? Its profiles and samples over some days, and its part of the samples of all
-- services, by which storage and queries can be shared out. From roll-ups of days alone.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        -- Both included. Today is not over.
        CAST(current_timestamp AT TIME ZONE 'UTC' AS date) - INTERVAL '30' DAY AS from_day,
        CAST(current_timestamp AT TIME ZONE 'UTC' AS date) - INTERVAL '1' DAY AS to_day
)
SELECT
    t.service_name,
    sum(t.profiles) AS profiles,
    sum(t.samples) AS samples,
    round(CAST(sum(t.samples) AS double) / sum(sum(t.samples)) OVER (), 4) AS share,
    count(DISTINCT t.day) AS days
FROM flamelake_sql.flame_days AS t
CROSS JOIN parameters AS q
WHERE t.tenant = q.tenant AND t.day BETWEEN q.from_day AND q.to_day
GROUP BY t.service_name
ORDER BY samples DESC, t.service_name
LIMIT 50;
