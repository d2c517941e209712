-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- What each function costs in each hour: self is what it did itself, total is with all that it called. A function that
-- calls itself counts once in total.
CREATE OR REPLACE VIEW flamelake_sql.top_functions
COMMENT 'Self and total value of each function, by hour, profile type and service'
AS
SELECT
    v.tenant,
    v.day,
    v.hour,
    v.profile_type,
    v.service_name,
    f.function,
    sum(if(f.function = element_at(v.functions, -1), v.value, 0)) AS self,
    sum(v.value) AS total
FROM flamelake_sql.stack_values AS v
CROSS JOIN UNNEST(array_distinct(v.functions)) AS f (function)
GROUP BY 1, 2, 3, 4, 5, 6;
