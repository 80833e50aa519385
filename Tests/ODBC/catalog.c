/* Catalog functions: shapes, arguments, order (reference: catalog functions). */
#include "probe.h"

/* Checks the names of all columns of the open result. */
static void check_shape(SQLHSTMT stmt, const char *const *names) {
  SQLSMALLINT count = 0, wanted = 0;
  while (names[wanted]) wanted++;
  CHECK_STMT(SQLNumResultCols(stmt, &count));
  CHECK_INT(count, wanted);
  for (SQLSMALLINT i = 0; i < count && i < wanted; i++) {
    SQLCHAR name[64];
    SQLULEN size = 0;
    CHECK_STMT(SQLDescribeCol(stmt, (SQLUSMALLINT)(i + 1), name, sizeof name, NULL, NULL, &size,
                              NULL, NULL));
    CHECK_TEXT(name, names[i]);
    CHECK(size > 0);
  }
}

static const char *text_of(SQLHSTMT stmt, SQLUSMALLINT column) {
  static char buffers[8][512];
  static int next;
  char *text = buffers[next++ % 8];
  SQLLEN length = 0;
  text[0] = 0;
  SQLGetData(stmt, column, SQL_C_CHAR, text, 512, &length);
  return length == SQL_NULL_DATA ? "(null)" : text;
}

static int count_rows(SQLHSTMT stmt) {
  int rows = 0;
  while (SQL_SUCCEEDED(SQLFetch(stmt))) rows++;
  SQLFreeStmt(stmt, SQL_CLOSE);
  return rows;
}

static void every_function_has_its_shape(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLCHAR *schema = N("RETAIL"), *table = N("CUSTOMER");
  static const char *const tables[] = {"TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE",
                                       "REMARKS", NULL};
  static const char *const columns[] = {
      "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "COLUMN_NAME", "DATA_TYPE", "TYPE_NAME",
      "COLUMN_SIZE", "BUFFER_LENGTH", "DECIMAL_DIGITS", "NUM_PREC_RADIX", "NULLABLE", "REMARKS",
      "COLUMN_DEF", "SQL_DATA_TYPE", "SQL_DATETIME_SUB", "CHAR_OCTET_LENGTH", "ORDINAL_POSITION",
      "IS_NULLABLE", NULL};
  static const char *const keys[] = {"TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "COLUMN_NAME",
                                     "KEY_SEQ", "PK_NAME", NULL};
  static const char *const foreign[] = {
      "PKTABLE_CAT", "PKTABLE_SCHEM", "PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_CAT",
      "FKTABLE_SCHEM", "FKTABLE_NAME", "FKCOLUMN_NAME", "KEY_SEQ", "UPDATE_RULE", "DELETE_RULE",
      "FK_NAME", "PK_NAME", "DEFERRABILITY", NULL};
  static const char *const statistics[] = {
      "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "NON_UNIQUE", "INDEX_QUALIFIER", "INDEX_NAME",
      "TYPE", "ORDINAL_POSITION", "COLUMN_NAME", "ASC_OR_DESC", "CARDINALITY", "PAGES",
      "FILTER_CONDITION", NULL};
  static const char *const special[] = {"SCOPE", "COLUMN_NAME", "DATA_TYPE", "TYPE_NAME",
                                        "COLUMN_SIZE", "BUFFER_LENGTH", "DECIMAL_DIGITS",
                                        "PSEUDO_COLUMN", NULL};
  static const char *const procedures[] = {
      "PROCEDURE_CAT", "PROCEDURE_SCHEM", "PROCEDURE_NAME", "NUM_INPUT_PARAMS",
      "NUM_OUTPUT_PARAMS", "NUM_RESULT_SETS", "REMARKS", "PROCEDURE_TYPE", NULL};
  static const char *const table_privileges[] = {
      "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "GRANTOR", "GRANTEE", "PRIVILEGE", "IS_GRANTABLE",
      NULL};
  CHECK_STMT(SQLTables(stmt, NULL, 0, schema, SQL_NTS, N("%"), SQL_NTS, NULL, 0));
  check_shape(stmt, tables);
  CHECK_STMT(SQLColumns(stmt, NULL, 0, schema, SQL_NTS, table, SQL_NTS, N("%"), SQL_NTS));
  check_shape(stmt, columns);
  CHECK_STMT(SQLPrimaryKeys(stmt, NULL, 0, schema, SQL_NTS, table, SQL_NTS));
  check_shape(stmt, keys);
  CHECK_STMT(SQLForeignKeys(stmt, NULL, 0, schema, SQL_NTS, table, SQL_NTS, NULL, 0, NULL, 0, NULL,
                            0));
  check_shape(stmt, foreign);
  CHECK_STMT(SQLStatistics(stmt, NULL, 0, schema, SQL_NTS, table, SQL_NTS, SQL_INDEX_ALL,
                           SQL_QUICK));
  check_shape(stmt, statistics);
  CHECK_STMT(SQLSpecialColumns(stmt, SQL_BEST_ROWID, NULL, 0, schema, SQL_NTS, table, SQL_NTS,
                               SQL_SCOPE_SESSION, SQL_NULLABLE));
  check_shape(stmt, special);
  CHECK_STMT(SQLProcedures(stmt, NULL, 0, schema, SQL_NTS, N("%"), SQL_NTS));
  check_shape(stmt, procedures);
  CHECK_STMT(SQLProcedureColumns(stmt, NULL, 0, schema, SQL_NTS, N("%"), SQL_NTS, NULL, 0));
  CHECK_STMT(SQLTablePrivileges(stmt, NULL, 0, schema, SQL_NTS, N("%"), SQL_NTS));
  check_shape(stmt, table_privileges);
  CHECK_STMT(SQLColumnPrivileges(stmt, NULL, 0, schema, SQL_NTS, table, SQL_NTS, N("%"), SQL_NTS));
  CHECK_STMT(SQLGetTypeInfo(stmt, SQL_ALL_TYPES));
  SQLSMALLINT count = 0;
  CHECK_STMT(SQLNumResultCols(stmt, &count));
  CHECK_INT(count, 19);
  close_session(&s);
}

static void the_wide_family_finds_the_same(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  CHECK_STMT(SQLTablesW(stmt, NULL, 0, wide("RETAIL"), SQL_NTS, wide("CUSTOMER"), 8, NULL, 0));
  CHECK_INT(count_rows(stmt), 1);
  CHECK_STMT(SQLColumnsW(stmt, NULL, 0, wide("RETAIL"), 6, wide("CUSTOMER"), SQL_NTS, NULL, 0));
  CHECK_INT(count_rows(stmt), 2);
  CHECK_STMT(SQLPrimaryKeysW(stmt, NULL, 0, wide("RETAIL"), 6, wide("CUSTOMER"), SQL_NTS));
  CHECK_INT(count_rows(stmt), 1);
  CHECK_STMT(SQLGetTypeInfoW(stmt, SQL_ALL_TYPES));
  CHECK(count_rows(stmt) > 3);
  close_session(&s);
}

static void columns_come_in_order(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  CHECK_STMT(SQLColumns(stmt, NULL, 0, N("RETAIL"), SQL_NTS, N("CUSTOMER"), SQL_NTS, NULL, 0));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_TEXT(text_of(stmt, 1), "(null)");
  CHECK_TEXT(text_of(stmt, 2), "RETAIL");
  CHECK_TEXT(text_of(stmt, 4), "ID");
  CHECK_TEXT(text_of(stmt, 17), "1");
  CHECK_TEXT(text_of(stmt, 18), "NO");
  CHECK_STMT(SQLFetch(stmt));
  CHECK_TEXT(text_of(stmt, 4), "NAME");
  CHECK_TEXT(text_of(stmt, 12), "full name");
  CHECK_STMT_CODE(SQLFetch(stmt), SQL_NO_DATA);
  close_session(&s);
}

static void special_arguments_list_schemas_and_types(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  bool has_schema = false, has_type = false;
  CHECK_STMT(SQLTables(stmt, N(""), 0, N("%"), SQL_NTS, N(""), 0, NULL, 0));
  while (SQL_SUCCEEDED(SQLFetch(stmt))) {
    has_schema |= strcmp(text_of(stmt, 2), "RETAIL") == 0;
    CHECK_TEXT(text_of(stmt, 3), "(null)");
  }
  CHECK(has_schema);
  SQLFreeStmt(stmt, SQL_CLOSE);
  CHECK_STMT(SQLTables(stmt, N(""), 0, N(""), 0, N(""), 0, N("%"), SQL_NTS));
  while (SQL_SUCCEEDED(SQLFetch(stmt))) has_type |= strcmp(text_of(stmt, 4), "TABLE") == 0;
  CHECK(has_type);
  SQLFreeStmt(stmt, SQL_CLOSE);
  CHECK_STMT(SQLTables(stmt, N("%"), SQL_NTS, N(""), 0, N(""), 0, NULL, 0));
  close_session(&s);
}

static void patterns_and_identifiers_are_told_apart(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  CHECK_STMT(SQLTables(stmt, NULL, 0, N("RETAIL"), SQL_NTS, N("T\\_ALL"), SQL_NTS, NULL, 0));
  CHECK_INT(count_rows(stmt), 1);
  CHECK_STMT(SQLTables(stmt, NULL, 0, N("RETAIL"), SQL_NTS, N("T_ALL"), SQL_NTS, NULL, 0));
  CHECK_INT(count_rows(stmt), 1);
  CHECK_STMT(SQLTables(stmt, NULL, 0, N("RETAIL"), SQL_NTS, N("cust%"), SQL_NTS, NULL, 0));
  CHECK_INT(count_rows(stmt), 0);
  CHECK_STMT(SQLTables(stmt, NULL, 0, N("RETAIL"), SQL_NTS, N("%"), SQL_NTS, N("'VIEW'"), SQL_NTS));
  CHECK(count_rows(stmt) >= 1);
  CHECK_STMT(SQLTables(stmt, NULL, 0, N("NOSUCH"), SQL_NTS, N("%"), SQL_NTS, NULL, 0));
  CHECK_INT(count_rows(stmt), 0);
  CHECK_STMT_STATE(SQLPrimaryKeys(stmt, NULL, 0, NULL, 0, NULL, 0), "HY009");
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_METADATA_ID, (SQLPOINTER)SQL_TRUE, 0));
  CHECK_STMT(SQLTables(stmt, N(""), 0, N("retail"), SQL_NTS, N("customer "), SQL_NTS, NULL, 0));
  CHECK_INT(count_rows(stmt), 1);
  CHECK_STMT(SQLTables(stmt, N(""), 0, N("retail"), SQL_NTS, N("\"MixedCase\""), SQL_NTS, NULL, 0));
  CHECK_INT(count_rows(stmt), 1);
  close_session(&s);
}

static void type_info_names_are_unique_and_sizes_given(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  char names[64][128];
  int count = 0;
  bool has_wide = false;
  CHECK_STMT(SQLGetTypeInfo(stmt, SQL_ALL_TYPES));
  while (SQL_SUCCEEDED(SQLFetch(stmt)) && count < 64) {
    snprintf(names[count], sizeof names[count], "%s", text_of(stmt, 1));
    for (int i = 0; i < count; i++)
      if (strcmp(names[i], names[count]) == 0) fail(__FILE__, __LINE__, "%s twice", names[i]);
    has_wide |= atoi(text_of(stmt, 2)) == SQL_WVARCHAR;
    count++;
  }
  CHECK(has_wide);
  SQLFreeStmt(stmt, SQL_CLOSE);
  SQLSMALLINT asked[] = {SQL_VARCHAR, SQL_WVARCHAR, SQL_VARBINARY, SQL_TYPE_TIMESTAMP};
  for (size_t i = 0; i < 4; i++) {
    SQLINTEGER size = -1;
    CHECK_STMT(SQLGetTypeInfo(stmt, asked[i]));
    SQLRETURN code = SQLFetch(stmt);
    /* pyodbc asks exactly so, without an indicator. */
    if (code == SQL_SUCCESS) {
      CHECK_STMT(SQLGetData(stmt, 3, SQL_C_SLONG, &size, 4, NULL));
      CHECK(size > 0);
    } else
      CHECK_INT(code, SQL_NO_DATA);
    SQLFreeStmt(stmt, SQL_CLOSE);
  }
  CHECK_STMT_STATE(SQLGetTypeInfo(stmt, 4711), "HY004");
  close_session(&s);
}

const Test catalog_tests[] = {
    {"every function has its shape", every_function_has_its_shape},
    {"the wide family finds the same", the_wide_family_finds_the_same},
    /* trap 37 */
    {"columns come in order", columns_come_in_order},
    /* trap 36 */
    {"special arguments list schemas and types", special_arguments_list_schemas_and_types},
    /* traps 34, 35 */
    {"patterns and identifiers are told apart", patterns_and_identifiers_are_told_apart},
    {"type info names are unique and sizes given", type_info_names_are_unique_and_sizes_given},
    {NULL, NULL},
};
