-- The total of each tenant and profile type, over all time.
SELECT tenant || ' ' || profile_type AS name, sum(total_value) AS value
FROM ${profiles}
GROUP BY tenant, profile_type
