-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- What a function calls, and what was spent in those calls. callee is null for what the function did itself, so that
-- without recursion the rows of a function add up to its total. The same pair twice in a stack counts once.
CREATE OR REPLACE VIEW flamelake_sql.callees
COMMENT 'Value of the stacks in which function calls callee, by hour, profile type and service'
AS
SELECT
    v.tenant,
    v.day,
    v.hour,
    v.profile_type,
    v.service_name,
    e.function,
    e.callee,
    sum(v.value) AS total
FROM flamelake_sql.stack_values AS v
CROSS JOIN UNNEST(
    array_distinct(zip(v.functions, slice(v.functions, 2, cardinality(v.functions) - 1) || CAST(ARRAY[NULL] AS array(varchar))))
) AS e (function, callee)
WHERE cardinality(v.functions) > 0
GROUP BY 1, 2, 3, 4, 5, 6, 7;
