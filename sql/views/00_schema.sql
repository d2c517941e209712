-- Copyright The Flamelake Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- The schema of the views. The tables are in a schema of their own, where series and stacks are taken names.
CREATE SCHEMA IF NOT EXISTS flamelake_sql;
