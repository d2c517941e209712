-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- What does each function cost in money?
-- Joins with a table of prices (sql/examples/02_prices.sql): the CPU seconds that a function used itself, at the price of an
-- hour of CPU where its service runs. Services without a price are left out.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        -- Whole hours, both included: the view is by hour.
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') - INTERVAL '23' HOUR AS from_hour,
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') AS to_hour
)
SELECT
    t.function,
    round(sum(t.self) / 1e9, 3) AS cpu_seconds,
    round(sum(t.self / 3600e9 * CAST(r.price_per_cpu_hour AS double)), 6) AS price,
    r.currency
FROM flamelake_sql.top_functions AS t
CROSS JOIN parameters AS q
JOIN flamelake_sql.prices AS r ON r.service_name = t.service_name
WHERE t.tenant = q.tenant
    AND t.profile_type = q.profile_type
    AND t.hour BETWEEN q.from_hour AND q.to_hour
    AND t.day BETWEEN CAST(q.from_hour AS date) AND CAST(q.to_hour AS date)
    AND t.self > 0
GROUP BY t.function, r.currency
ORDER BY sum(t.self / 3600e9 * CAST(r.price_per_cpu_hour AS double)) DESC, t.function
LIMIT 20;
