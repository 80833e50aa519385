/* Descriptors: fields, records, explicit ones, copies (reference: descriptors). */
#include "probe.h"

#define CHECK_DESC(desc, call) CHECK_CODE(SQL_HANDLE_DESC, desc, call, SQL_SUCCESS)
#define CHECK_DESC_STATE(desc, call, state) CHECK_STATE(SQL_HANDLE_DESC, desc, call, state)

static void binding_fills_the_row_descriptor(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLHDESC ard = NULL;
  char text[20];
  SQLLEN length;
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, &ard, 0, NULL));
  CHECK_STMT(SQLBindCol(stmt, 3, SQL_C_CHAR, text, sizeof text, &length));
  SQLSMALLINT count = 0, type = 0, alloc = 0;
  SQLPOINTER pointer = NULL;
  SQLLEN octets = 0;
  CHECK_DESC(ard, SQLGetDescField(ard, 0, SQL_DESC_COUNT, &count, 0, NULL));
  CHECK_INT(count, 3);
  CHECK_DESC(ard, SQLGetDescField(ard, 3, SQL_DESC_CONCISE_TYPE, &type, 0, NULL));
  CHECK_INT(type, SQL_C_CHAR);
  CHECK_DESC(ard, SQLGetDescField(ard, 3, SQL_DESC_DATA_PTR, &pointer, 0, NULL));
  CHECK(pointer == text);
  CHECK_DESC(ard, SQLGetDescField(ard, 3, SQL_DESC_OCTET_LENGTH, &octets, 0, NULL));
  CHECK_INT(octets, sizeof text);
  CHECK_DESC(ard, SQLGetDescField(ard, 0, SQL_DESC_ALLOC_TYPE, &alloc, 0, NULL));
  CHECK_INT(alloc, SQL_DESC_ALLOC_AUTO);
  CHECK_STMT(SQLBindCol(stmt, 3, SQL_C_CHAR, NULL, 0, NULL));
  CHECK_DESC(ard, SQLGetDescField(ard, 0, SQL_DESC_COUNT, &count, 0, NULL));
  CHECK_INT(count, 0);
  CHECK_INT(SQLGetDescField(ard, 3, SQL_DESC_CONCISE_TYPE, &type, 0, NULL), SQL_NO_DATA);
  CHECK_DESC_STATE(ard, SQLGetDescField(ard, 1, 31999, &type, 0, NULL), "HY091");
  close_session(&s);
}

static void a_column_can_be_bound_by_fields_alone(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLHDESC ard = NULL;
  SQLINTEGER value = 0;
  SQLLEN length = 0, indicator = 7;
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, &ard, 0, NULL));
  CHECK_DESC(ard, SQLSetDescField(ard, 1, SQL_DESC_TYPE, (SQLPOINTER)SQL_C_LONG, 0));
  CHECK_DESC(ard, SQLSetDescField(ard, 1, SQL_DESC_OCTET_LENGTH_PTR, &length, 0));
  CHECK_DESC(ard, SQLSetDescField(ard, 1, SQL_DESC_INDICATOR_PTR, &indicator, 0));
  CHECK_DESC(ard, SQLSetDescField(ard, 1, SQL_DESC_DATA_PTR, &value, 0));
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT CAST(42 AS DECIMAL(9,0))"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_INT(value, 42);
  CHECK_INT(length, 4);
  CHECK_INT(indicator, 0);
  close_session(&s);
}

static void setting_a_type_unbinds_and_resets(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLHDESC ard = NULL;
  SQL_NUMERIC_STRUCT number;
  SQLPOINTER pointer = &number;
  SQLSMALLINT precision = 0, scale = -1;
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, &ard, 0, NULL));
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_NUMERIC, &number, sizeof number, NULL));
  CHECK_DESC(ard, SQLSetDescField(ard, 1, SQL_DESC_TYPE, (SQLPOINTER)SQL_C_NUMERIC, 0));
  CHECK_DESC(ard, SQLGetDescField(ard, 1, SQL_DESC_DATA_PTR, &pointer, 0, NULL));
  CHECK(pointer == NULL);
  CHECK_DESC(ard, SQLGetDescField(ard, 1, SQL_DESC_PRECISION, &precision, 0, NULL));
  CHECK_INT(precision, 38);
  CHECK_DESC(ard, SQLSetDescField(ard, 1, SQL_DESC_PRECISION, (SQLPOINTER)10, 0));
  CHECK_DESC(ard, SQLSetDescField(ard, 1, SQL_DESC_SCALE, (SQLPOINTER)3, 0));
  CHECK_DESC(ard, SQLSetDescField(ard, 1, SQL_DESC_DATA_PTR, &number, 0));
  CHECK_DESC(ard, SQLGetDescField(ard, 1, SQL_DESC_SCALE, &scale, 0, NULL));
  CHECK_INT(scale, 3);
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT CAST(-12.345 AS DECIMAL(10,3))"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_INT(number.sign, 0);
  CHECK_INT(number.scale, 3);
  CHECK_INT(number.val[0] | number.val[1] << 8, 12345);
  close_session(&s);
}

static void the_row_description_is_read_only(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLHDESC ird = NULL;
  SQLSMALLINT count = 0;
  SQLCHAR name[32];
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_IMP_ROW_DESC, &ird, 0, NULL));
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 'a' AS ONE, 'b' AS TWO"), SQL_NTS));
  CHECK_DESC(ird, SQLGetDescField(ird, 0, SQL_DESC_COUNT, &count, 0, NULL));
  CHECK_INT(count, 2);
  CHECK_DESC(ird, SQLGetDescField(ird, 2, SQL_DESC_NAME, name, sizeof name, NULL));
  CHECK_TEXT(name, "TWO");
  CHECK_DESC_STATE(ird, SQLSetDescField(ird, 1, SQL_DESC_CONCISE_TYPE, (SQLPOINTER)4, 0), "HY016");
  CHECK_STMT_STATE(SQLSetStmtAttr(stmt, SQL_ATTR_IMP_ROW_DESC, ird, 0), "HY017");
  SQLSMALLINT type, subtype, precision, scale, nullable, length;
  SQLLEN octets;
  CHECK_DESC(ird, SQLGetDescRec(ird, 1, name, sizeof name, &length, &type, &subtype, &octets,
                                &precision, &scale, &nullable));
  CHECK_TEXT(name, "ONE");
  CHECK_INT(SQLGetDescRec(ird, 3, name, sizeof name, &length, &type, &subtype, &octets, &precision,
                          &scale, &nullable),
            SQL_NO_DATA);
  close_session(&s);
}

static void explicit_descriptors_serve_and_revert(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLHDBC dbc = s.dbc;
  SQLHDESC desc = NULL, own = NULL, now = NULL;
  SQLINTEGER value = 0;
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, &own, 0, NULL));
  CHECK_DBC(SQLAllocHandle(SQL_HANDLE_DESC, dbc, &desc));
  CHECK_DESC(desc, SQLSetDescRec(desc, 1, SQL_C_LONG, 0, 4, 0, 0, &value, NULL, NULL));
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, desc, 0));
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT CAST(17 AS DECIMAL(9,0))"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_INT(value, 17);
  SQLFreeStmt(stmt, SQL_CLOSE);
  CHECK_DESC(desc, SQLFreeHandle(SQL_HANDLE_DESC, desc));
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, &now, 0, NULL));
  CHECK(now == own);
  CHECK_STATE(SQL_HANDLE_DESC, own, SQLFreeHandle(SQL_HANDLE_DESC, own), "HY017");
  SQLHSTMT other = NULL;
  SQLAllocHandle(SQL_HANDLE_STMT, dbc, &other);
  CHECK_STATE(SQL_HANDLE_STMT, other, SQLSetStmtAttr(other, SQL_ATTR_APP_ROW_DESC, own, 0),
              "HY017");
  SQLFreeHandle(SQL_HANDLE_STMT, other);
  close_session(&s);
}

static void copies_take_all_but_the_origin(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLHDESC ard = NULL, ird = NULL, copy = NULL;
  char text[8];
  SQLSMALLINT count = 0, alloc = 0;
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, &ard, 0, NULL));
  CHECK_STMT(SQLGetStmtAttr(stmt, SQL_ATTR_IMP_ROW_DESC, &ird, 0, NULL));
  CHECK_STMT(SQLBindCol(stmt, 2, SQL_C_CHAR, text, sizeof text, NULL));
  SQLAllocHandle(SQL_HANDLE_DESC, s.dbc, &copy);
  CHECK_DESC(copy, SQLCopyDesc(ard, copy));
  CHECK_DESC(copy, SQLGetDescField(copy, 0, SQL_DESC_COUNT, &count, 0, NULL));
  CHECK_INT(count, 2);
  CHECK_DESC(copy, SQLGetDescField(copy, 0, SQL_DESC_ALLOC_TYPE, &alloc, 0, NULL));
  CHECK_INT(alloc, SQL_DESC_ALLOC_USER);
  CHECK_DESC_STATE(ird, SQLCopyDesc(ard, ird), "HY016");
  SQLFreeHandle(SQL_HANDLE_DESC, copy);
  close_session(&s);
}

const Test descriptor_tests[] = {
    {"binding fills the row descriptor", binding_fills_the_row_descriptor},
    {"a column can be bound by fields alone", a_column_can_be_bound_by_fields_alone},
    /* trap 44 */
    {"setting a type unbinds and resets", setting_a_type_unbinds_and_resets},
    {"the row description is read-only", the_row_description_is_read_only},
    {"explicit descriptors serve and revert", explicit_descriptors_serve_and_revert},
    {"copies take all but the origin", copies_take_all_but_the_origin},
    {NULL, NULL},
};
