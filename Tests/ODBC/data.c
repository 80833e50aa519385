/* SQLGetData: pieces, any order, blocks (reference: SQLGetData). */
#include "probe.h"

static void pieces_tell_what_remains(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  char piece[5];
  SQLLEN remaining = 0;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 'abcdefghij'"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT_STATE(SQLGetData(stmt, 1, SQL_C_CHAR, piece, sizeof piece, &remaining), "01004");
  CHECK_TEXT(piece, "abcd");
  CHECK_INT(remaining, 10);
  CHECK_STMT_STATE(SQLGetData(stmt, 1, SQL_C_CHAR, piece, sizeof piece, &remaining), "01004");
  CHECK_TEXT(piece, "efgh");
  CHECK_INT(remaining, 6);
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_CHAR, piece, sizeof piece, &remaining));
  CHECK_TEXT(piece, "ij");
  CHECK_INT(remaining, 2);
  CHECK_STMT_CODE(SQLGetData(stmt, 1, SQL_C_CHAR, piece, sizeof piece, &remaining), SQL_NO_DATA);
  close_session(&s);
}

static void wide_pieces_never_cut_a_pair(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  /* a, two astral characters: five units. */
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 'a\xF0\x9F\x9A\x80\xF0\x9F\x98\x80'"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  SQLWCHAR all[16] = {0};
  int units = 0;
  for (int i = 0; i < 10; i++) {
    Guarded piece;
    SQLLEN remaining = 0;
    guard(&piece);
    /* Room for two units and the terminator. */
    SQLRETURN code = SQLGetData(stmt, 1, SQL_C_WCHAR, piece.body, 6, &remaining);
    if (code == SQL_NO_DATA) break;
    CHECK(SQL_SUCCEEDED(code));
    CHECK(is_untouched(&piece, 6));
    CHECK_INT(remaining, 10 - units * 2);
    SQLWCHAR *text = (SQLWCHAR *)piece.body;
    for (int u = 0; text[u] && u < 2; u++) all[units++] = text[u];
  }
  CHECK_INT(units, 5);
  SQLWCHAR wanted[] = {'a', 0xD83D, 0xDE80, 0xD83D, 0xDE00};
  CHECK(memcmp(all, wanted, sizeof wanted) == 0);
  close_session(&s);
}

static void narrow_pieces_never_cut_a_character(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  const char *text = "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x9A\x80x";
  char sql[64], all[64] = "";
  snprintf(sql, sizeof sql, "SELECT '%s'", text);
  CHECK_STMT(SQLExecDirect(stmt, N(sql), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  for (int i = 0; i < 10; i++) {
    char piece[6];
    SQLLEN remaining;
    SQLRETURN code = SQLGetData(stmt, 1, SQL_C_CHAR, piece, sizeof piece, &remaining);
    if (code == SQL_NO_DATA) break;
    CHECK(SQL_SUCCEEDED(code));
    CHECK(((unsigned char)piece[0] & 0xC0) != 0x80);
    strcat(all, piece);
  }
  CHECK_TEXT(all, text);
  close_session(&s);
}

static void probes_consume_nothing(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  char text[32];
  SQLLEN length = 0;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 'hello', ''"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT_STATE(SQLGetData(stmt, 1, SQL_C_CHAR, text, 0, &length), "01004");
  CHECK_INT(length, 5);
  CHECK_STMT_STATE(SQLGetData(stmt, 1, SQL_C_CHAR, text, 1, &length), "01004");
  CHECK_INT(length, 5);
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_CHAR, text, sizeof text, &length));
  CHECK_TEXT(text, "hello");
  close_session(&s);
}

static void null_and_numbers_are_given_once(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLINTEGER number = 0;
  char text[8];
  SQLLEN length = 0;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT CAST(42 AS DECIMAL(9,0)), CAST(NULL AS VARCHAR(9))"),
                           SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_LONG, &number, 0, &length));
  CHECK_INT(number, 42);
  CHECK_INT(length, 4);
  CHECK_STMT_CODE(SQLGetData(stmt, 1, SQL_C_LONG, &number, 0, &length), SQL_NO_DATA);
  CHECK_STMT(SQLGetData(stmt, 2, SQL_C_CHAR, text, sizeof text, &length));
  CHECK_INT(length, SQL_NULL_DATA);
  CHECK_STMT_CODE(SQLGetData(stmt, 2, SQL_C_CHAR, text, sizeof text, &length), SQL_NO_DATA);
  /* Another column in between restarts the first. */
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_LONG, &number, 0, &length));
  CHECK_STMT_STATE(SQLGetData(stmt, 2, SQL_C_CHAR, text, sizeof text, NULL), "22002");
  close_session(&s);
}

static void columns_come_in_any_order_and_again(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  char text[32];
  SQLLEN length;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 'one', 'two', 'three'"), SQL_NTS));
  CHECK_STMT_STATE(SQLGetData(stmt, 1, SQL_C_CHAR, text, sizeof text, &length), "24000");
  CHECK_STMT(SQLFetch(stmt));
  static const char *const words[] = {"one", "two", "three"};
  static const int order[] = {3, 1, 2, 1, 3};
  for (int i = 0; i < 5; i++) {
    CHECK_STMT(SQLGetData(stmt, (SQLUSMALLINT)order[i], SQL_C_CHAR, text, sizeof text, &length));
    CHECK_TEXT(text, words[order[i] - 1]);
  }
  CHECK_STMT_STATE(SQLGetData(stmt, 0, SQL_C_CHAR, text, sizeof text, &length), "07009");
  CHECK_STMT_STATE(SQLGetData(stmt, 4, SQL_C_CHAR, text, sizeof text, &length), "07009");
  close_session(&s);
}

static void blocks_are_read_by_set_position(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQLBIGINT id = 0, bound[10];
  SQLLEN length, indicators[10];
  CHECK_STMT(SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)10, 0));
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_SBIGINT, bound, 0, indicators));
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT ID, NAME FROM RETAIL.BIG ORDER BY ID"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  for (SQLULEN row = 10; row <= 10; row -= 3) {
    CHECK_STMT(SQLSetPos(stmt, row, SQL_POSITION, SQL_LOCK_NO_CHANGE));
    CHECK_STMT(SQLGetData(stmt, 1, SQL_C_SBIGINT, &id, 0, &length));
    CHECK_INT(id, bound[row - 1]);
  }
  CHECK_STMT_STATE(SQLSetPos(stmt, 11, SQL_POSITION, SQL_LOCK_NO_CHANGE), "HY107");
  CHECK_STMT_STATE(SQLSetPos(stmt, 1, SQL_DELETE, SQL_LOCK_NO_CHANGE), "HYC00");
  close_session(&s);
}

static void binary_text_is_hexadecimal_in_pieces(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  char text[64];
  SQLLEN length = 0;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 'abc'"), SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT_STATE(SQLGetData(stmt, 1, SQL_C_BINARY, text, 2, &length), "01004");
  CHECK_INT(length, 3);
  CHECK(memcmp(text, "ab", 2) == 0);
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_BINARY, text, 2, &length));
  CHECK_INT(length, 1);
  CHECK_INT(text[0], 'c');
  close_session(&s);
}

const Test data_tests[] = {
    /* trap 1 */
    {"pieces tell what remains", pieces_tell_what_remains},
    /* trap 3, acceptance 6 */
    {"wide pieces never cut a pair", wide_pieces_never_cut_a_pair},
    {"narrow pieces never cut a character", narrow_pieces_never_cut_a_character},
    {"probes consume nothing", probes_consume_nothing},
    /* trap 4 */
    {"null and numbers are given once", null_and_numbers_are_given_once},
    {"columns come in any order and again", columns_come_in_any_order_and_again},
    {"blocks are read by set position", blocks_are_read_by_set_position},
    {"bytes come in pieces", binary_text_is_hexadecimal_in_pieces},
    {NULL, NULL},
};
