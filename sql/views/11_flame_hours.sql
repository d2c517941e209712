-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- The rows of flame_1h that may be used: those made of what profiles holds of the hour now, and those of days whose
-- profiles are gone. An hour that is not here has to be asked of profiles: it is not over yet, or not rolled up yet, or
-- something came late. A service or type that is not here, while another of the tenant and hour is, has no profiles.
CREATE OR REPLACE VIEW flamelake_sql.flame_hours
COMMENT 'Call trees of services by hour, those that are up to date'
AS
SELECT
    t.tenant,
    CAST(t.ts AS date) AS day,
    t.ts AS hour,
    t.profile_type,
    t.service_name,
    t.total_value,
    t.profiles,
    t.samples,
    t.names,
    t.parents,
    t.functions,
    t.self
FROM flamelake.flame_1h AS t
LEFT JOIN flamelake_sql.hours AS h ON h.tenant = t.tenant AND h.hour = t.ts
LEFT JOIN flamelake_sql.kept_days AS k ON k.tenant = t.tenant
WHERE (t.covered_sequence = h.sequence AND t.covered_rows = h.row_count) OR CAST(t.ts AS date) < k.first_day;
