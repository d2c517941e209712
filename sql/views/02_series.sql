-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- The series table with each series once: which label sets and profile types were seen on a day.
CREATE OR REPLACE VIEW flamelake_sql.series
COMMENT 'Label sets seen on a day: one row for each (tenant, day, series_id, profile_type)'
AS
SELECT
    tenant,
    day,
    series_id,
    profile_type,
    arbitrary(service_name) AS service_name,
    arbitrary(labels) AS labels
FROM flamelake.series
GROUP BY tenant, day, series_id, profile_type;
