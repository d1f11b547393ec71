package scan

import "mulu/platform/source"

// catalogOf gives the statements that list tables (schema, name, comment, whether a view, estimated rows) and columns (schema,
// table, name, type, length, whether nullable, whether of the primary key, comment) of a sort of database; all are text.
func catalogOf(sort string) (tables, columns string) {
	switch sort {
	case source.Postgres:
		return `SELECT n.nspname::text, c.relname::text, coalesce(obj_description(c.oid, 'pg_class'), '')::text,
	CASE WHEN c.relkind = 'v' THEN '1' ELSE '0' END, (CASE WHEN c.reltuples < 0 THEN NULL ELSE c.reltuples END)::bigint::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')
	AND n.nspname NOT LIKE 'pg\_%' AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
ORDER BY 1, 2`, `SELECT n.nspname::text, c.relname::text, a.attname::text, format_type(a.atttypid, NULL),
	(CASE WHEN a.atttypmod < 4 THEN 0 WHEN a.atttypid IN (1042, 1043) THEN a.atttypmod - 4 WHEN a.atttypid = 1700 THEN ((a.atttypmod - 4) >> 16) & 65535 ELSE 0 END)::text,
	CASE WHEN a.attnotnull THEN '0' ELSE '1' END,
	CASE WHEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)) THEN '1' ELSE '0' END,
	coalesce(col_description(c.oid, a.attnum), '')::text
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
	AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%' AND has_column_privilege(c.oid, a.attnum, 'SELECT')
ORDER BY 1, 2, a.attnum`
	case source.MySQL:
		return `SELECT '', table_name, IF(table_type = 'VIEW', '', table_comment), IF(table_type = 'VIEW', '1', '0'), CAST(table_rows AS CHAR)
FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') ORDER BY table_name`,
			`SELECT '', table_name, column_name, CONCAT(data_type, IF(column_type LIKE '%unsigned%', ' unsigned', '')),
	CAST(COALESCE(IF(data_type IN ('char', 'varchar'), character_maximum_length, NULL), IF(data_type = 'decimal', numeric_precision, 0)) AS CHAR),
	IF(is_nullable = 'YES', '1', '0'), IF(column_key = 'PRI', '1', '0'), column_comment
FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`
	}
	return `SELECT '', name, '', CASE type WHEN 'view' THEN '1' ELSE '0' END, NULL FROM sqlite_schema
WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name`,
		`SELECT '', m.name, p.name, CASE WHEN instr(p.type, '(') > 0 THEN trim(substr(p.type, 1, instr(p.type, '(') - 1)) WHEN p.type = '' THEN 'any' ELSE p.type END,
	CASE WHEN instr(p.type, '(') > 0 THEN CAST(CAST(substr(p.type, instr(p.type, '(') + 1) AS INTEGER) AS TEXT) ELSE '0' END,
	CASE WHEN p."notnull" = 0 AND p.pk = 0 THEN '1' ELSE '0' END, CASE WHEN p.pk > 0 THEN '1' ELSE '0' END, ''
FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type IN ('table', 'view') AND substr(m.name, 1, 7) <> 'sqlite_' ORDER BY m.name, p.cid`
}
