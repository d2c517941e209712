-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- What did the functions of a service cost with all that they call, hour by hour?
-- From roll-ups of hours alone. total counts a function once where it calls itself; only the five largest of each hour.
WITH parameters AS (
    SELECT
        'anonymous' AS tenant,
        'process_cpu:cpu:nanoseconds:cpu:nanoseconds' AS profile_type,
        'checkout' AS service_name,
        -- Whole hours, both included. The last one is not over.
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') - INTERVAL '24' HOUR AS from_hour,
        date_trunc('hour', current_timestamp AT TIME ZONE 'UTC') - INTERVAL '1' HOUR AS to_hour
),
nodes AS (
    SELECT
        t.hour,
        t.names[n.function + 1] AS function,
        n.self,
        n.node,
        -- The node that it hangs under; 0 for the first of a stack.
        if(n.parent = 0, 0, n.node - n.parent) AS caller
    FROM flamelake_sql.flame_hours AS t
    CROSS JOIN parameters AS q
    CROSS JOIN UNNEST(t.parents, t.functions, t.self) WITH ORDINALITY AS n (parent, function, self, node)
    WHERE t.tenant = q.tenant
        AND t.profile_type = q.profile_type
        AND t.service_name = q.service_name
        AND t.hour BETWEEN q.from_hour AND q.to_hour
        AND t.day BETWEEN CAST(q.from_hour AS date) AND CAST(q.to_hour AS date)
),
-- What a node calls follows it in the list: all nodes up to the first one that hangs above it.
subtrees AS (
    SELECT *
    FROM nodes
    MATCH_RECOGNIZE (
        PARTITION BY hour
        ORDER BY node
        MEASURES
            first(node) AS first_node,
            last(node) AS last_node,
            first(function) AS function,
            first(self) AS self,
            sum(self) AS total
        ONE ROW PER MATCH
        AFTER MATCH SKIP TO NEXT ROW
        PATTERN (top callee*)
        DEFINE callee AS callee.caller >= first(top.node)
    )
),
-- A node below another one of its function is in that one's total.
marked AS (
    SELECT
        s.*,
        coalesce(
            max(s.last_node) OVER (
                PARTITION BY s.hour, s.function
                ORDER BY s.first_node
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            0) >= s.first_node AS is_recursive
    FROM subtrees AS s
),
ranked AS (
    SELECT
        hour,
        function,
        sum(self) AS self,
        sum(if(is_recursive, 0, total)) AS total,
        row_number() OVER (PARTITION BY hour ORDER BY sum(if(is_recursive, 0, total)) DESC, function) AS position
    FROM marked
    GROUP BY hour, function
)
SELECT hour, function, self, total
FROM ranked
WHERE position <= 5
ORDER BY hour, total DESC, function;
