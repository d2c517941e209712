-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- How uneven is a service? The median, the 95th and the 99th percentile of what one profile holds, by service.
-- A percentile is a value that occurred (nearest rank), not an estimate. Reads no samples.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        current_timestamp - INTERVAL '1' HOUR AS from_ts,
        current_timestamp AS to_ts
),
ranked AS (
    SELECT
        p.service_name,
        p.total_value,
        row_number() OVER (PARTITION BY p.service_name ORDER BY p.total_value) AS position,
        count(*) OVER (PARTITION BY p.service_name) AS profiles
    FROM flamelake.profiles AS p
    CROSS JOIN parameters AS q
    WHERE p.tenant = q.tenant
        AND p.profile_type = q.profile_type
        AND p.ts >= q.from_ts
        AND p.ts < q.to_ts
)
SELECT
    service_name,
    max(profiles) AS profiles,
    min(total_value) FILTER (WHERE position * 100 >= profiles * 50) AS p50,
    min(total_value) FILTER (WHERE position * 100 >= profiles * 95) AS p95,
    min(total_value) FILTER (WHERE position * 100 >= profiles * 99) AS p99,
    max(total_value) AS largest
FROM ranked
GROUP BY service_name
ORDER BY p99 DESC, service_name;
