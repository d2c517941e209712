-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- A table of deployments, as a delivery pipeline could write it: INSERT INTO flamelake_sql.deployments VALUES (…).
CREATE TABLE IF NOT EXISTS flamelake_sql.deployments (
    service_name varchar,
    version varchar,
    deployed_at timestamp(6) with time zone
)
COMMENT 'When which version of a service went live';
