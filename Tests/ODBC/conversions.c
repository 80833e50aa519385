/* What columns become: the cells of the matrix that the demo types reach (reference:
   conversions). */
#include "probe.h"

/* One conversion: an expression, a C type, and the outcome as text or a SQLSTATE. */
typedef struct {
  const char *expression;
  SQLSMALLINT type;
  const char *wanted; /* the value as text, or NULL when only the state counts */
  const char *state;  /* NULL: success */
} Conversion;

/* The value in a buffer as text, so that one table can hold all types. */
static const char *show(SQLSMALLINT type, const void *buffer, SQLLEN length) {
  static char text[512];
  const SQL_TIMESTAMP_STRUCT *moment = buffer;
  const SQL_DATE_STRUCT *date = buffer;
  const SQL_TIME_STRUCT *time = buffer;
  const SQL_NUMERIC_STRUCT *number = buffer;
  const SQL_INTERVAL_STRUCT *interval = buffer;
  const SQLGUID *guid = buffer;
  unsigned long long low = 0;
  if (length == SQL_NULL_DATA) return "(null)";
  switch (type) {
    case SQL_C_CHAR: return buffer;
    case SQL_C_WCHAR: return narrow(buffer);
    case SQL_C_BIT: case SQL_C_UTINYINT:
      snprintf(text, sizeof text, "%u", *(const unsigned char *)buffer); break;
    case SQL_C_STINYINT: snprintf(text, sizeof text, "%d", *(const signed char *)buffer); break;
    case SQL_C_SSHORT: snprintf(text, sizeof text, "%d", *(const SQLSMALLINT *)buffer); break;
    case SQL_C_USHORT: snprintf(text, sizeof text, "%u", *(const SQLUSMALLINT *)buffer); break;
    case SQL_C_SLONG: snprintf(text, sizeof text, "%d", *(const SQLINTEGER *)buffer); break;
    case SQL_C_ULONG: snprintf(text, sizeof text, "%u", *(const SQLUINTEGER *)buffer); break;
    case SQL_C_SBIGINT:
      snprintf(text, sizeof text, "%lld", (long long)*(const SQLBIGINT *)buffer); break;
    case SQL_C_UBIGINT:
      snprintf(text, sizeof text, "%llu", (unsigned long long)*(const SQLUBIGINT *)buffer); break;
    case SQL_C_FLOAT: snprintf(text, sizeof text, "%g", *(const SQLREAL *)buffer); break;
    case SQL_C_DOUBLE: snprintf(text, sizeof text, "%.17g", *(const SQLDOUBLE *)buffer); break;
    case SQL_C_NUMERIC:
      memcpy(&low, number->val, 8);
      snprintf(text, sizeof text, "%s%llu/%d", number->sign ? "" : "-", low, number->scale); break;
    case SQL_C_TYPE_DATE: case SQL_C_DATE:
      snprintf(text, sizeof text, "%d-%u-%u", date->year, date->month, date->day); break;
    case SQL_C_TYPE_TIME: case SQL_C_TIME:
      snprintf(text, sizeof text, "%u:%u:%u", time->hour, time->minute, time->second); break;
    case SQL_C_TYPE_TIMESTAMP: case SQL_C_TIMESTAMP:
      snprintf(text, sizeof text, "%d-%u-%u %u:%u:%u.%u", moment->year, moment->month, moment->day,
               moment->hour, moment->minute, moment->second, moment->fraction);
      break;
    case SQL_C_GUID:
      snprintf(text, sizeof text, "%08x-%04x-%04x-%02x%02x", (unsigned)guid->Data1, guid->Data2,
               guid->Data3, guid->Data4[0], guid->Data4[1]);
      break;
    case SQL_C_INTERVAL_YEAR_TO_MONTH:
      snprintf(text, sizeof text, "%s%u-%u", interval->interval_sign ? "-" : "",
               interval->intval.year_month.year, interval->intval.year_month.month);
      break;
    case SQL_C_INTERVAL_DAY_TO_SECOND:
      snprintf(text, sizeof text, "%s%u %u:%u:%u", interval->interval_sign ? "-" : "",
               interval->intval.day_second.day, interval->intval.day_second.hour,
               interval->intval.day_second.minute, interval->intval.day_second.second);
      break;
    case SQL_C_BINARY:
      for (SQLLEN i = 0; i < length && i < 64; i++)
        snprintf(text + i * 2, 3, "%02x", ((const unsigned char *)buffer)[i]);
      break;
    default: return "?";
  }
  /* The tests also run in a locale that writes 1,5. */
  if (strchr(text, ',')) *strchr(text, ',') = '.';
  return text;
}

static const Conversion all[] = {
    /* text */
    {"'42'", SQL_C_SLONG, "42", NULL},
    {"' -7 '", SQL_C_SBIGINT, "-7", NULL},
    {"'1.5'", SQL_C_SLONG, "1", "01S07"},
    {"'oops'", SQL_C_SLONG, NULL, "22018"},
    {"'99999999999'", SQL_C_SLONG, NULL, "22003"},
    {"'1.25e2'", SQL_C_DOUBLE, "125", NULL},
    {"'1'", SQL_C_BIT, "1", NULL},
    {"'2'", SQL_C_BIT, NULL, "22003"},
    {"'2024-06-18'", SQL_C_TYPE_DATE, "2024-6-18", NULL},
    {"'17:22:13'", SQL_C_TYPE_TIME, "17:22:13", NULL},
    {"'2024-06-18 17:22:13.5'", SQL_C_TYPE_TIMESTAMP, "2024-6-18 17:22:13.500000000", NULL},
    {"'2024-06-18T17:22:13'", SQL_C_TIMESTAMP, "2024-6-18 17:22:13.0", NULL},
    {"'not a date'", SQL_C_TYPE_DATE, NULL, "22018"},
    {"'550e8400-e29b-11d4-a716-446655440000'", SQL_C_GUID, "550e8400-e29b-11d4-a716", NULL},
    {"'abc'", SQL_C_BINARY, "616263", NULL},
    {"'abc'", SQL_C_WCHAR, "abc", NULL},
    {"'12.50'", SQL_C_NUMERIC, "1250/2", NULL},
    /* exact numbers */
    {"CAST(-0.7 AS DECIMAL(10,5))", SQL_C_CHAR, "-0.70000", NULL},
    {"CAST(-0.7 AS DECIMAL(10,5))", SQL_C_SLONG, "0", "01S07"},
    {"CAST(-0.7 AS DECIMAL(10,5))", SQL_C_DOUBLE, "-0.69999999999999996", NULL},
    {"CAST(-0.7 AS DECIMAL(10,5))", SQL_C_NUMERIC, "-70000/5", NULL},
    {"CAST(300 AS DECIMAL(9,0))", SQL_C_UTINYINT, NULL, "22003"},
    {"CAST(255 AS DECIMAL(9,0))", SQL_C_UTINYINT, "255", NULL},
    {"CAST(-128 AS DECIMAL(9,0))", SQL_C_STINYINT, "-128", NULL},
    {"CAST(40000 AS DECIMAL(9,0))", SQL_C_SSHORT, NULL, "22003"},
    {"CAST(40000 AS DECIMAL(9,0))", SQL_C_USHORT, "40000", NULL},
    {"CAST(-1 AS DECIMAL(9,0))", SQL_C_ULONG, NULL, "22003"},
    {"CAST(-1 AS DECIMAL(9,0))", SQL_C_UBIGINT, NULL, "22003"},
    {"CAST(1 AS DECIMAL(9,0))", SQL_C_BIT, "1", NULL},
    {"CAST(7 AS DECIMAL(9,0))", SQL_C_BIT, NULL, "22003"},
    {"CAST(1.5 AS DECIMAL(9,1))", SQL_C_FLOAT, "1.5", NULL},
    {"CAST(5 AS DECIMAL(9,0))", SQL_C_TYPE_DATE, NULL, "07006"},
    {"CAST(5 AS DECIMAL(9,0))", SQL_C_GUID, NULL, "07006"},
    {"CAST(999999999999999999 AS DECIMAL(18,0))", SQL_C_SBIGINT, "999999999999999999", NULL},
    /* approximate numbers */
    {"CAST(1.5 AS DOUBLE)", SQL_C_DOUBLE, "1.5", NULL},
    {"CAST(1.5 AS DOUBLE)", SQL_C_SLONG, "1", "01S07"},
    {"CAST(1.5e100 AS DOUBLE)", SQL_C_SBIGINT, NULL, "22003"},
    {"CAST(1.5e100 AS DOUBLE)", SQL_C_FLOAT, NULL, "22003"},
    {"CAST(0.1 AS DOUBLE)", SQL_C_CHAR, "0.1", NULL},
    {"CAST(0.1 AS DOUBLE)", SQL_C_TYPE_TIMESTAMP, NULL, "07006"},
    /* bit */
    {"TRUE", SQL_C_BIT, "1", NULL},
    {"TRUE", SQL_C_CHAR, "1", NULL},
    {"FALSE", SQL_C_SLONG, "0", NULL},
    {"TRUE", SQL_C_TYPE_DATE, NULL, "07006"},
    /* date-times */
    {"DATE '2024-02-29'", SQL_C_CHAR, "2024-02-29", NULL},
    {"DATE '2024-02-29'", SQL_C_TYPE_DATE, "2024-2-29", NULL},
    {"DATE '2024-02-29'", SQL_C_DATE, "2024-2-29", NULL},
    {"DATE '2024-02-29'", SQL_C_TYPE_TIMESTAMP, "2024-2-29 0:0:0.0", NULL},
    {"DATE '2024-02-29'", SQL_C_TYPE_TIME, NULL, "07006"},
    {"DATE '2024-02-29'", SQL_C_SLONG, NULL, "07006"},
    {"CAST('2024-06-18 17:22:13.123' AS TIMESTAMP)", SQL_C_TYPE_DATE, "2024-6-18", "01S07"},
    {"CAST('2024-06-18 17:22:13.123' AS TIMESTAMP)", SQL_C_TYPE_TIME, "17:22:13", "01S07"},
    {"CAST('2024-06-18 17:22:13.123' AS TIMESTAMP)", SQL_C_TYPE_TIMESTAMP,
     "2024-6-18 17:22:13.123000000", NULL},
    {"CAST('2024-06-18 17:22:13' AS TIMESTAMP)", SQL_C_TYPE_TIME, "17:22:13", NULL},
    /* NULL */
    {"CAST(NULL AS DECIMAL(9,0))", SQL_C_SLONG, "(null)", NULL},
    {"CAST(NULL AS VARCHAR(9))", SQL_C_WCHAR, "(null)", NULL},
    {"CAST(NULL AS DATE)", SQL_C_TYPE_DATE, "(null)", NULL},
};

static void every_conversion_has_its_outcome(void) {
  Session s;
  if (!open_session(&s)) return;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    for (int is_bound = 0; is_bound < 2; is_bound++) {
      char sql[256];
      Guarded buffer;
      SQLLEN length = 12345;
      SQLRETURN code;
      guard(&buffer);
      memset(buffer.body, 0, 256);
      snprintf(sql, sizeof sql, "SELECT %s", all[i].expression);
      code = SQLExecDirect(s.stmt, N(sql), SQL_NTS);
      if (!SQL_SUCCEEDED(code)) {
        fail(__FILE__, __LINE__, "%s does not run", sql);
      } else if (is_bound) {
        SQLBindCol(s.stmt, 1, all[i].type, buffer.body, 256, &length);
        code = SQLFetch(s.stmt);
      } else {
        SQLFetch(s.stmt);
        code = SQLGetData(s.stmt, 1, all[i].type, buffer.body, 256, &length);
      }
      SQLCHAR state[6] = "";
      if (code != SQL_SUCCESS)
        SQLGetDiagRec(SQL_HANDLE_STMT, s.stmt, 1, state, NULL, NULL, 0, NULL);
      const char *wanted = all[i].state ? all[i].state : "";
      if (strcmp((char *)state, wanted) != 0)
        fail(__FILE__, __LINE__, "%s as %d gave state '%s', wanted '%s'", all[i].expression,
             all[i].type, state, wanted);
      else if (all[i].wanted && strcmp(show(all[i].type, buffer.body, length), all[i].wanted) != 0)
        fail(__FILE__, __LINE__, "%s as %d is '%s', wanted '%s'", all[i].expression, all[i].type,
             show(all[i].type, buffer.body, length), all[i].wanted);
      if (!is_untouched(&buffer, 256))
        fail(__FILE__, __LINE__, "%s as %d overran", all[i].expression, all[i].type);
      SQLFreeStmt(s.stmt, SQL_CLOSE);
      SQLFreeStmt(s.stmt, SQL_UNBIND);
    }
  }
  close_session(&s);
}

static void edge_values_survive(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  char text[128];
  SQLLEN length;
  static const struct {
    const char *sql, *wanted;
  } rows[] = {
      {"SELECT C_DEC36 FROM RETAIL.T_ALL WHERE C_DEC18 = 999999999999999999",
       "123456789012345678901234567890123456"},
      {"SELECT C_DATE FROM RETAIL.T_ALL WHERE C_DEC18 = 0", "9999-12-31"},
      {"SELECT C_TS FROM RETAIL.T_ALL WHERE C_DEC18 = -999999999999999999",
       "0001-01-01 00:00:00.000"},
      {"SELECT C_VARCHAR FROM RETAIL.T_ALL WHERE C_DEC18 = 999999999999999999",
       "Gr\xC3\xBC\xC3\x9F" "e \xF0\x9F\x9A\x80"},
      {"SELECT TS9 FROM RETAIL.T_NANO WHERE ID = 2", "9999-12-31 23:59:59.999999999"},
  };
  /* Without it Exasol sends six digits. */
  CHECK_STMT(SQLExecDirect(
      stmt, N("ALTER SESSION SET NLS_TIMESTAMP_FORMAT='YYYY-MM-DD HH24:MI:SS.FF9'"), SQL_NTS));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK_STMT(SQLExecDirect(stmt, N(rows[i].sql), SQL_NTS));
    CHECK_STMT(SQLFetch(stmt));
    CHECK_STMT(SQLGetData(stmt, 1, SQL_C_CHAR, text, sizeof text, &length));
    CHECK_TEXT(text, rows[i].wanted);
    SQLFreeStmt(stmt, SQL_CLOSE);
  }
  close_session(&s);
}

static void intervals_become_structures(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  SQL_INTERVAL_STRUCT value;
  SQLLEN length;
  CHECK_STMT(SQLExecDirect(
      stmt, N("SELECT C_IYM, C_IDS FROM RETAIL.T_ALL WHERE C_DEC18 = 999999999999999999"),
      SQL_NTS));
  CHECK_STMT(SQLFetch(stmt));
  CHECK_STMT(SQLGetData(stmt, 1, SQL_C_INTERVAL_YEAR_TO_MONTH, &value, sizeof value, &length));
  CHECK_TEXT(show(SQL_C_INTERVAL_YEAR_TO_MONTH, &value, length), "-5-3");
  CHECK_STMT(SQLGetData(stmt, 2, SQL_C_INTERVAL_DAY_TO_SECOND, &value, sizeof value, &length));
  CHECK_TEXT(show(SQL_C_INTERVAL_DAY_TO_SECOND, &value, length), "2 12:50:10");
  CHECK_INT(length, 28);
  close_session(&s);
}

static void truncation_by_one_byte_is_seen(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHSTMT stmt = s.stmt;
  Guarded buffer;
  SQLLEN length = 0;
  CHECK_STMT(SQLExecDirect(stmt, N("SELECT 'hello', CAST(12345 AS DECIMAL(9,0)), "
                                   "CAST(1.25 AS DECIMAL(9,2))"),
                           SQL_NTS));
  guard(&buffer);
  CHECK_STMT(SQLBindCol(stmt, 1, SQL_C_CHAR, buffer.body, 5, &length));
  CHECK_STMT_STATE(SQLFetch(stmt), "01004");
  CHECK_TEXT(buffer.body, "hell");
  CHECK_INT(length, 5);
  CHECK(is_untouched(&buffer, 5));
  guard(&buffer);
  CHECK_STMT_STATE(SQLGetData(stmt, 2, SQL_C_CHAR, buffer.body, 5, &length), "22003");
  CHECK_STMT_STATE(SQLGetData(stmt, 3, SQL_C_CHAR, buffer.body, 4, &length), "01004");
  CHECK_TEXT(buffer.body, "1.2");
  close_session(&s);
}

const Test conversion_tests[] = {
    /* trap 46, acceptance 6 */
    {"every conversion has its outcome", every_conversion_has_its_outcome},
    {"edge values survive", edge_values_survive},
    /* trap 47 */
    {"intervals become structures", intervals_become_structures},
    /* trap 2, acceptance 6 */
    {"truncation by one byte is seen", truncation_by_one_byte_is_seen},
    {NULL, NULL},
};
