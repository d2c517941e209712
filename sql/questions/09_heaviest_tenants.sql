-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Which tenants send the most? Profiles, samples, services and stored bytes of each tenant, by whole hours.
-- Reads neither stacks nor samples, so it is quick over days; only an administrator may ask it of all tenants.
WITH parameters AS (
    SELECT
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') - INTERVAL '23' HOUR AS from_hour,
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') AS to_hour
),
sent AS (
    SELECT
        p.tenant,
        count(*) AS profiles,
        sum(cardinality(p.stack_ids)) AS samples,
        count(DISTINCT p.service_name) AS services
    FROM flamelake.profiles AS p
    CROSS JOIN parameters AS q
    WHERE p.ts >= q.from_hour AND p.ts < q.to_hour + INTERVAL '1' HOUR
    GROUP BY p.tenant
),
stored AS (
    -- From the metadata; ts_hour counts from 1970-01-01 00:00 UTC.
    SELECT f.partition.tenant AS tenant, sum(f.total_size) AS bytes
    FROM flamelake."profiles$partitions" AS f
    CROSS JOIN parameters AS q
    WHERE f.partition.ts_hour BETWEEN to_unixtime(q.from_hour) / 3600 AND to_unixtime(q.to_hour) / 3600
    GROUP BY f.partition.tenant
)
SELECT s.tenant, s.profiles, s.samples, s.services, b.bytes
FROM sent AS s
JOIN stored AS b ON b.tenant = s.tenant
ORDER BY s.samples DESC, s.tenant
LIMIT 20;
