-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Who calls a function, and what was spent in those calls. caller is null where the function is the root of a stack. The
-- same pair twice in a stack (recursion) counts once.
CREATE OR REPLACE VIEW flamelake_sql.callers
COMMENT 'Value of the stacks in which caller calls function, by hour, profile type and service'
AS
SELECT
    v.tenant,
    v.day,
    v.hour,
    v.profile_type,
    v.service_name,
    e.function,
    e.caller,
    sum(v.value) AS total
FROM flamelake_sql.stack_values AS v
CROSS JOIN UNNEST(
    array_distinct(zip(v.functions, CAST(ARRAY[NULL] AS array(varchar)) || slice(v.functions, 1, cardinality(v.functions) - 1)))
) AS e (function, caller)
WHERE cardinality(v.functions) > 0
GROUP BY 1, 2, 3, 4, 5, 6, 7;
