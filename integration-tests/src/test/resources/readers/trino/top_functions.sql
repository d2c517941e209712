-- The ten functions with the most of their own, of one service and profile type in a range of time.
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
SELECT element_at(functions, -1) AS name, sum(value) AS value
FROM samples
JOIN symbols USING (tenant, day, service_name, stack_id)
GROUP BY element_at(functions, -1)
ORDER BY value DESC, name
LIMIT 10
