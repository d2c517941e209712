-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- The rows of flame_1d that may be used; as flame_hours.
CREATE OR REPLACE VIEW flamelake_sql.flame_days
COMMENT 'Call trees of services by day, those that are up to date'
AS
SELECT
    t.tenant,
    CAST(t.ts AS date) AS day,
    t.profile_type,
    t.service_name,
    t.total_value,
    t.profiles,
    t.samples,
    t.names,
    t.parents,
    t.functions,
    t.self
FROM flamelake.flame_1d AS t
LEFT JOIN (
    SELECT tenant, day, max(sequence) AS sequence, sum(row_count) AS row_count
    FROM flamelake_sql.hours
    GROUP BY tenant, day
) AS d ON d.tenant = t.tenant AND d.day = CAST(t.ts AS date)
LEFT JOIN flamelake_sql.kept_days AS k ON k.tenant = t.tenant
WHERE (t.covered_sequence = d.sequence AND t.covered_rows = d.row_count) OR CAST(t.ts AS date) < k.first_day;
