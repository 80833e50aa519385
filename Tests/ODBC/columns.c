/* What result columns look like (reference: types, SQLColAttribute). */
#include "probe.h"

static const char *const typed =
    "SELECT C_BOOL, C_CHAR, C_VARCHAR, C_DEC18, C_DEC10_5, C_DOUBLE, C_DATE, C_TS FROM "
    "RETAIL.T_ALL";

static void describe_column_tells_types(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  static const struct {
    const char *name;
    SQLSMALLINT type, digits;
    SQLULEN size;
  } wanted[] = {
      {"C_BOOL", SQL_BIT, 0, 1},          {"C_CHAR", SQL_CHAR, 0, 5},
      {"C_VARCHAR", SQL_WVARCHAR, 0, 100}, {"C_DEC18", SQL_DECIMAL, 0, 18},
      {"C_DEC10_5", SQL_DECIMAL, 5, 10},  {"C_DOUBLE", SQL_DOUBLE, 0, 15},
      {"C_DATE", SQL_TYPE_DATE, 0, 10},   {"C_TS", SQL_TYPE_TIMESTAMP, 3, 23},
  };
  CHECK_STMT(SQLExecDirect(stmt, N(typed), SQL_NTS));
  SQLSMALLINT count = 0;
  CHECK_STMT(SQLNumResultCols(stmt, &count));
  CHECK_INT(count, 8);
  for (SQLUSMALLINT i = 1; i <= 8; i++) {
    SQLCHAR name[64];
    SQLSMALLINT length, type, digits, nullable;
    SQLULEN size;
    CHECK_STMT(SQLDescribeCol(stmt, i, name, sizeof name, &length, &type, &size, &digits,
                              &nullable));
    CHECK_TEXT(name, wanted[i - 1].name);
    CHECK_INT(length, strlen((char *)name));
    CHECK_INT(type, wanted[i - 1].type);
    CHECK_INT(size, wanted[i - 1].size);
    CHECK_INT(digits, wanted[i - 1].digits);
  }
  CHECK_STMT(SQLDescribeCol(stmt, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL));
  CHECK_STMT_STATE(SQLDescribeCol(stmt, 9, NULL, 0, NULL, NULL, NULL, NULL, NULL), "07009");
  close_session(&s);
}

static void every_attribute_answers_on_every_column(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  static const SQLUSMALLINT fields[] = {
      SQL_COLUMN_COUNT, SQL_COLUMN_NAME, SQL_COLUMN_TYPE, SQL_COLUMN_LENGTH, SQL_COLUMN_PRECISION,
      SQL_COLUMN_SCALE, SQL_COLUMN_DISPLAY_SIZE, SQL_COLUMN_NULLABLE, SQL_COLUMN_UNSIGNED,
      SQL_COLUMN_MONEY, SQL_COLUMN_UPDATABLE, SQL_COLUMN_AUTO_INCREMENT,
      SQL_COLUMN_CASE_SENSITIVE, SQL_COLUMN_SEARCHABLE, SQL_COLUMN_TYPE_NAME,
      SQL_COLUMN_TABLE_NAME, SQL_COLUMN_OWNER_NAME, SQL_COLUMN_QUALIFIER_NAME, SQL_COLUMN_LABEL,
      SQL_DESC_BASE_COLUMN_NAME, SQL_DESC_BASE_TABLE_NAME, SQL_DESC_LITERAL_PREFIX,
      SQL_DESC_LITERAL_SUFFIX, SQL_DESC_LOCAL_TYPE_NAME, SQL_DESC_COUNT, SQL_DESC_TYPE,
      SQL_DESC_LENGTH, SQL_DESC_PRECISION, SQL_DESC_SCALE, SQL_DESC_OCTET_LENGTH, SQL_DESC_NAME,
      SQL_DESC_NULLABLE, SQL_DESC_UNNAMED, SQL_DESC_NUM_PREC_RADIX,
  };
  CHECK_STMT(SQLExecDirect(stmt, N(typed), SQL_NTS));
  for (SQLUSMALLINT column = 1; column <= 8; column++)
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
      Guarded text;
      SQLSMALLINT length = 0;
      SQLLEN number = -7;
      guard(&text);
      SQLRETURN code = SQLColAttribute(stmt, column, fields[i], text.body, 256, &length, &number);
      if (code != SQL_SUCCESS)
        fail(__FILE__, __LINE__, "column %d, attribute %d gave %d", column, fields[i], code);
      if (!is_untouched(&text, 256)) fail(__FILE__, __LINE__, "attribute %d overran", fields[i]);
    }
  SQLLEN size = 0;
  for (SQLUSMALLINT column = 1; column <= 8; column++) {
    CHECK_STMT(SQLColAttribute(stmt, column, SQL_DESC_DISPLAY_SIZE, NULL, 0, NULL, &size));
    CHECK(size > 0);
  }
  CHECK_STMT_STATE(SQLColAttribute(stmt, 1, 9876, NULL, 0, NULL, &size), "HY091");
  close_session(&s);
}

static void lengths_of_wide_attributes_are_bytes(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLWCHAR text[64];
  SQLSMALLINT length = 0;
  CHECK_STMT(SQLExecDirectW(stmt, wide(typed), SQL_NTS));
  CHECK_STMT(SQLColAttributeW(stmt, 1, SQL_DESC_NAME, text, sizeof text, &length, NULL));
  CHECK_INT(length, 12);
  CHECK_TEXT(narrow(text), "C_BOOL");
  CHECK_STMT(SQLDescribeColW(stmt, 1, text, 64, &length, NULL, NULL, NULL, NULL));
  CHECK_INT(length, 6);
  CHECK_STMT_STATE(SQLDescribeColW(stmt, 1, text, 4, &length, NULL, NULL, NULL, NULL), "01004");
  CHECK_TEXT(narrow(text), "C_B");
  close_session(&s);
}

static void columns_are_known_after_prepare(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLSMALLINT count = -1, parameters = -1;
  CHECK_STMT_STATE(SQLNumResultCols(stmt, &count), "HY010");
  CHECK_STMT(SQLPrepare(stmt, N("SELECT ID, NAME FROM RETAIL.CUSTOMER WHERE ID = ?"), SQL_NTS));
  CHECK_STMT(SQLNumResultCols(stmt, &count));
  CHECK_INT(count, 2);
  CHECK_STMT(SQLNumParams(stmt, &parameters));
  CHECK_INT(parameters, 1);
  SQLSMALLINT type = 0;
  SQLULEN size = 0;
  CHECK_STMT(SQLDescribeParam(stmt, 1, &type, &size, NULL, NULL));
  CHECK(type != 0 && size > 0);
  CHECK_STMT_STATE(SQLDescribeParam(stmt, 2, &type, NULL, NULL, NULL), "07009");
  close_session(&s);
}

static void no_result_means_no_columns(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLSMALLINT count = -1;
  SQLLEN rows = -7;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 1"), SQL_NTS));
  SQLFreeStmt(stmt, SQL_CLOSE);
  CHECK_STMT(SQLExecDirect(stmt, N("INSERT INTO RETAIL.EMPTY_T VALUES (1)"), SQL_NTS));
  CHECK_STMT(SQLNumResultCols(stmt, &count));
  CHECK_INT(count, 0);
  CHECK_STMT(SQLRowCount(stmt, &rows));
  CHECK_INT(rows, 1);
  CHECK_STMT_STATE(SQLFetch(stmt), "24000");
  CHECK_STMT(SQLExecDirect(stmt, N("DELETE FROM RETAIL.EMPTY_T"), SQL_NTS));
  /* A searched change of nothing has no data. */
  CHECK_STMT_CODE(SQLExecDirect(stmt, N("DELETE FROM RETAIL.EMPTY_T WHERE ID = 77"), SQL_NTS),
                  SQL_NO_DATA);
  close_session(&s);
}

const Test column_tests[] = {
    /* trap 5 */
    {"describe column tells types", describe_column_tells_types},
    {"every attribute answers on every column", every_attribute_answers_on_every_column},
    {"lengths of wide attributes are bytes", lengths_of_wide_attributes_are_bytes},
    {"columns are known after prepare", columns_are_known_after_prepare},
    {"no result means no columns", no_result_means_no_columns},
    {NULL, NULL},
};
