-- The ten functions with the most of their own, of one service and profile type in a range of time.
WITH symbols AS (
  SELECT tenant, day, service_name, stack_id, any_value(functions) AS functions
  FROM ${stacks}
  WHERE tenant = '${tenant}' AND service_name = '${service}'
  GROUP BY tenant, day, service_name, stack_id
),
samples AS (
  SELECT tenant, CAST(ts AS date) AS day, service_name, unnest(stack_ids) AS stack_id, unnest("values") AS value
  FROM ${profiles}
  WHERE tenant = '${tenant}' AND service_name = '${service}' AND profile_type = '${type}'
    AND ts >= TIMESTAMPTZ '${from} UTC' AND ts < TIMESTAMPTZ '${to} UTC'
)
SELECT functions[-1] AS name, sum(value) AS value
FROM samples
JOIN symbols USING (tenant, day, service_name, stack_id)
GROUP BY functions[-1]
ORDER BY value DESC, name
LIMIT 10
