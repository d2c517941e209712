-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- From which day on a tenant's profiles are kept, where its roll-ups are kept for longer than they.
CREATE OR REPLACE VIEW flamelake_sql.kept_days
COMMENT 'First day whose profiles are kept, of tenants whose roll-ups are kept for longer'
AS
SELECT
    substr(p.key, 1 + length('flamelake.profiles-kept-from.')) AS tenant,
    date_add('day', CAST(p.value AS integer), DATE '1970-01-01') AS first_day
FROM flamelake."profiles$properties" AS p
WHERE starts_with(p.key, 'flamelake.profiles-kept-from.');
