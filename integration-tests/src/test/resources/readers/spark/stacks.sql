-- The sum of each stack of one service and profile type in a range of time. A stack's row may be there more than once:
-- one of them is taken.
WITH symbols AS (
  SELECT tenant, day, service_name, stack_id, first(functions) AS functions
  FROM ${stacks}
  WHERE tenant = '${tenant}' AND service_name = '${service}'
  GROUP BY tenant, day, service_name, stack_id
),
samples AS (
  SELECT tenant, CAST(ts AS date) AS day, service_name, sample.stack_ids AS stack_id, sample.values AS value
  FROM ${profiles}
  LATERAL VIEW explode(arrays_zip(stack_ids, values)) AS sample
  WHERE tenant = '${tenant}' AND service_name = '${service}' AND profile_type = '${type}'
    AND ts >= TIMESTAMP '${from} UTC' AND ts < TIMESTAMP '${to} UTC'
)
SELECT array_join(functions, ';') AS name, sum(value) AS value
FROM samples
JOIN symbols USING (tenant, day, service_name, stack_id)
GROUP BY array_join(functions, ';')
