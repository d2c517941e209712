-- The sum of each stack of one service and profile type in a range of time. A stack's row may be there more than once:
-- one of them is taken.
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
SELECT array_to_string(functions, ';') AS name, sum(value) AS value
FROM samples
JOIN symbols USING (tenant, day, service_name, stack_id)
GROUP BY array_to_string(functions, ';')
