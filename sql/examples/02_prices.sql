-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- A table of prices: what an hour of one CPU costs where a service runs.
CREATE TABLE IF NOT EXISTS flamelake_sql.prices (
    service_name varchar,
    price_per_cpu_hour decimal(12, 6),
    currency varchar
)
COMMENT 'Price of an hour of CPU by service';
