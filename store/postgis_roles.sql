-- Roles of an atlas on a database server. Run once as an administrator of the database, before the
-- first `clusteratlas build`:
--   psql -v ON_ERROR_STOP=1 -d atlas -f postgis_roles.sql
-- then give logins one of the two roles:
--   CREATE ROLE zhang LOGIN PASSWORD '...' IN ROLE clusteratlas_writer;
--   CREATE ROLE page  LOGIN PASSWORD '...' IN ROLE clusteratlas_reader;
CREATE ROLE clusteratlas_writer NOLOGIN;
CREATE ROLE clusteratlas_reader NOLOGIN;
-- The writer's role owns the tables, so that any of its logins may replace them.
CREATE SCHEMA clusteratlas AUTHORIZATION clusteratlas_writer;
GRANT USAGE ON SCHEMA clusteratlas TO clusteratlas_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE clusteratlas_writer IN SCHEMA clusteratlas
  GRANT SELECT ON TABLES TO clusteratlas_reader;
