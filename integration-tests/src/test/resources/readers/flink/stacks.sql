-- The sum of each stack of one service and profile type in a range of time. A stack's row may be there more than once:
-- one of them is taken.
WITH symbols AS (
  SELECT tenant, `day`, service_name, stack_id, FIRST_VALUE(`functions`) AS `functions`
  FROM ${stacks}
  WHERE tenant = '${tenant}' AND service_name = '${service}'
  GROUP BY tenant, `day`, service_name, stack_id
),
samples AS (
  SELECT tenant, CAST(ts AS DATE) AS `day`, service_name, u.stack_id, `values`[u.n] AS amount
  FROM ${profiles}
  CROSS JOIN UNNEST(stack_ids) WITH ORDINALITY AS u (stack_id, n)
  WHERE tenant = '${tenant}' AND service_name = '${service}' AND profile_type = '${type}'
    AND ts >= CAST(TIMESTAMP '${from}' AS TIMESTAMP_LTZ(6)) AND ts < CAST(TIMESTAMP '${to}' AS TIMESTAMP_LTZ(6))
)
SELECT ARRAY_JOIN(`functions`, ';') AS name, sum(amount) AS amount
FROM samples
JOIN symbols USING (tenant, `day`, service_name, stack_id)
GROUP BY ARRAY_JOIN(`functions`, ';')
