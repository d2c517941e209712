-- The sum of each stack of one service and profile type in a range of time. A stack's row may be there more than once:
-- one of them is taken.
WITH symbols AS (
  SELECT tenant, day, service_name, stack_id, arbitrary(functions) AS functions
  FROM ${stacks}
  WHERE tenant = '${tenant}' AND service_name = '${service}'
  GROUP BY tenant, day, service_name, stack_id
),
samples AS (
  SELECT tenant, CAST(ts AT TIME ZONE 'UTC' AS date) AS day, service_name, u.stack_id, u.value
  FROM ${profiles}
  CROSS JOIN UNNEST(stack_ids, "values") AS u (stack_id, value)
  WHERE tenant = '${tenant}' AND service_name = '${service}' AND profile_type = '${type}'
    AND ts >= TIMESTAMP '${from} UTC' AND ts < TIMESTAMP '${to} UTC'
)
SELECT array_join(functions, ';') AS name, sum(value) AS value
FROM samples
JOIN symbols USING (tenant, day, service_name, stack_id)
GROUP BY array_join(functions, ';')
