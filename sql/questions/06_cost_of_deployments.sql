-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- What did each deployment do to the cost of its service?
-- Joins with a table of deployments (sql/examples/01_deployments.sql): the mean of a profile's total before and after. A
-- client profiles for the same time before and after, so the mean is a rate. A deployment without profiles on one side is
-- left out.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        current_timestamp - INTERVAL '1' HOUR AS from_ts,
        current_timestamp AS to_ts,
        INTERVAL '15' MINUTE AS each_side
),
means AS (
    SELECT
        d.service_name,
        d.version,
        d.deployed_at,
        avg(CAST(p.total_value AS double)) FILTER (WHERE p.ts < d.deployed_at) AS mean_before,
        avg(CAST(p.total_value AS double)) FILTER (WHERE p.ts >= d.deployed_at) AS mean_after
    FROM flamelake_sql.deployments AS d
    CROSS JOIN parameters AS q
    JOIN flamelake.profiles AS p
        ON p.service_name = d.service_name
        AND p.ts >= d.deployed_at - q.each_side
        AND p.ts < d.deployed_at + q.each_side
    WHERE p.tenant = q.tenant
        AND p.profile_type = q.profile_type
        AND p.ts >= q.from_ts
        AND p.ts < q.to_ts
    GROUP BY d.service_name, d.version, d.deployed_at
)
SELECT
    service_name,
    version,
    deployed_at,
    round(mean_before, 1) AS mean_before,
    round(mean_after, 1) AS mean_after,
    round(mean_after / nullif(mean_before, 0) - 1, 4) AS change
FROM means
WHERE mean_before IS NOT NULL AND mean_after IS NOT NULL
ORDER BY change DESC, service_name, deployed_at;
