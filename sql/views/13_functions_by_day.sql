-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- What each function did itself on each day, from the roll-ups of days: months of it are read in seconds. For hours, and
-- for what a function calls, see the questions 18 and 19.
CREATE OR REPLACE VIEW flamelake_sql.functions_by_day
COMMENT 'Self value of each function, by day, profile type and service, from roll-ups'
AS
SELECT
    t.tenant,
    t.day,
    t.profile_type,
    t.service_name,
    -- The list counts from 0, SQL from 1.
    t.names[n.function + 1] AS function,
    sum(n.self) AS self
FROM flamelake_sql.flame_days AS t
CROSS JOIN UNNEST(t.functions, t.self) AS n (function, self)
GROUP BY 1, 2, 3, 4, 5;
