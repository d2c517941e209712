-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- The hours that have profiles, and the version of their content: flame_hours and flame_days compare with it. From the
-- metadata of profiles alone, all of it, whatever tenant and time are asked for.
CREATE OR REPLACE VIEW flamelake_sql.hours
COMMENT 'Hours of a tenant that have profiles, with the version of what they hold'
AS
SELECT
    f.data_file.partition.tenant AS tenant,
    CAST(from_unixtime(f.data_file.partition.ts_hour * BIGINT '3600', 'UTC') AS date) AS day,
    CAST(from_unixtime(f.data_file.partition.ts_hour * BIGINT '3600', 'UTC') AS timestamp(6) with time zone) AS hour,
    -- Whatever is added, or deleted row by row, has a higher number than all before.
    max(f.sequence_number) AS sequence,
    sum(if(f.data_file.content = 0, f.data_file.record_count, 0)) AS row_count,
    sum(f.data_file.file_size_in_bytes) AS bytes
FROM flamelake."profiles$entries" AS f
WHERE f.status <> 2 -- 2: deleted
GROUP BY f.data_file.partition.tenant, f.data_file.partition.ts_hour;
