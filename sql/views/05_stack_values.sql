-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- The samples summed by stack and hour, and then their frames: the base of the views of functions. It looks up a stack's
-- frames once for each hour and not once for each sample, which is what makes those views fast.
CREATE OR REPLACE VIEW flamelake_sql.stack_values
COMMENT 'Sum of the samples of each stack in each hour, with its frames, root first'
AS
SELECT
    v.tenant,
    v.day,
    v.hour,
    v.profile_type,
    v.service_name,
    v.stack_id,
    v.value,
    k.functions
FROM (
    SELECT
        p.tenant,
        CAST(p.ts AS date) AS day,
        date_trunc('hour', p.ts) AS hour,
        p.profile_type,
        p.service_name,
        s.stack_id,
        sum(s.value) AS value
    FROM flamelake.profiles AS p
    CROSS JOIN UNNEST(p.stack_ids, p."values") AS s (stack_id, value)
    GROUP BY 1, 2, 3, 4, 5, 6
) AS v
JOIN flamelake_sql.stacks AS k
    ON k.tenant = v.tenant
    AND k.day = v.day
    AND k.service_name = v.service_name
    AND k.stack_id = v.stack_id;
