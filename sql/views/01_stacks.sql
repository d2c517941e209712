-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- The stacks table with each stack once. The table itself may hold a row more than once (a restart of the ingest job
-- writes stacks again), and a join with it would then count samples twice: join with this view instead, on all four of
-- (tenant, day, service_name, stack_id).
CREATE OR REPLACE VIEW flamelake_sql.stacks
COMMENT 'What stack ids mean: one row for each (tenant, day, service_name, stack_id)'
AS
SELECT
    tenant,
    day,
    service_name,
    stack_id,
    -- Rows with the same key have the same content, so any of them will do.
    arbitrary(functions) AS functions,
    arbitrary(lines) AS lines,
    arbitrary(files) AS files,
    arbitrary(mappings) AS mappings,
    arbitrary(build_ids) AS build_ids,
    arbitrary(addresses) AS addresses
FROM flamelake.stacks
GROUP BY tenant, day, service_name, stack_id;
