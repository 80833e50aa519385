/* SQLGetInfo and SQLGetFunctions: every id, its width, both families (reference: SQLGetInfo). */
#include "probe.h"

static const struct {
  SQLUSMALLINT id;
  char type; /* S text, H two bytes, I four */
} items[] = {
    {0, 'H'},   {1, 'H'},   {2, 'S'},   {6, 'S'},   {7, 'S'},   {8, 'I'},   {9, 'H'},   {11, 'S'},
    {12, 'H'},  {13, 'S'},  {14, 'S'},  {15, 'H'},  {16, 'S'},  {17, 'S'},  {18, 'S'},  {19, 'S'},
    {20, 'S'},  {21, 'S'},  {22, 'H'},  {23, 'H'},  {24, 'H'},  {25, 'S'},  {26, 'I'},  {27, 'S'},
    {28, 'H'},  {29, 'S'},  {30, 'H'},  {31, 'H'},  {32, 'H'},  {33, 'H'},  {34, 'H'},  {35, 'H'},
    {36, 'S'},  {37, 'S'},  {38, 'S'},  {39, 'S'},  {40, 'S'},  {41, 'S'},  {42, 'S'},  {43, 'I'},
    {44, 'I'},  {45, 'S'},  {46, 'H'},  {47, 'S'},  {48, 'I'},  {49, 'I'},  {50, 'I'},  {51, 'I'},
    {52, 'I'},  {53, 'I'},  {54, 'I'},  {55, 'I'},  {56, 'I'},  {57, 'I'},  {58, 'I'},  {59, 'I'},
    {60, 'I'},  {61, 'I'},  {62, 'I'},  {63, 'I'},  {64, 'I'},  {65, 'I'},  {66, 'I'},  {67, 'I'},
    {68, 'I'},  {69, 'I'},  {70, 'I'},  {71, 'I'},  {72, 'I'},  {73, 'S'},  {74, 'H'},  {75, 'H'},
    {77, 'S'},  {78, 'I'},  {79, 'I'},  {80, 'I'},  {81, 'I'},  {82, 'I'},  {83, 'I'},  {84, 'H'},
    {85, 'H'},  {86, 'I'},  {87, 'S'},  {88, 'H'},  {89, 'S'},  {90, 'S'},  {91, 'I'},  {92, 'I'},
    {93, 'H'},  {94, 'S'},  {95, 'I'},  {96, 'I'},  {97, 'H'},  {98, 'H'},  {99, 'H'},  {100, 'H'},
    {101, 'H'}, {102, 'I'}, {103, 'S'}, {104, 'I'}, {105, 'I'}, {106, 'H'}, {107, 'H'}, {108, 'I'},
    {109, 'I'}, {110, 'I'}, {111, 'S'}, {112, 'I'}, {113, 'S'}, {114, 'H'}, {115, 'I'}, {116, 'H'},
    {117, 'I'}, {118, 'I'}, {119, 'I'}, {120, 'I'}, {121, 'I'}, {122, 'I'}, {123, 'I'}, {124, 'I'},
    {125, 'I'}, {126, 'I'}, {127, 'I'}, {128, 'I'}, {129, 'I'}, {130, 'I'}, {131, 'I'}, {132, 'I'},
    {133, 'I'}, {134, 'I'}, {136, 'I'}, {137, 'I'}, {138, 'I'}, {139, 'I'}, {140, 'I'}, {141, 'I'},
    {142, 'I'}, {143, 'I'}, {144, 'I'}, {145, 'I'}, {146, 'I'}, {147, 'I'}, {148, 'I'}, {149, 'I'},
    {150, 'I'}, {151, 'I'}, {152, 'I'}, {153, 'I'}, {154, 'I'}, {155, 'I'}, {156, 'I'}, {157, 'I'},
    {158, 'I'}, {159, 'I'}, {160, 'I'}, {161, 'I'}, {162, 'I'}, {163, 'I'}, {164, 'I'}, {165, 'I'},
    {166, 'I'}, {167, 'I'}, {168, 'I'}, {169, 'I'}, {170, 'I'}, {172, 'I'}, {173, 'I'}, {180, 'I'},
    {1750, 'I'}, {10000, 'S'}, {10001, 'I'}, {10002, 'S'}, {10003, 'S'}, {10004, 'S'},
    {10005, 'H'}, {10021, 'I'}, {10022, 'I'}, {10023, 'I'}, {10024, 'I'}, {10025, 'I'},
};

static void every_id_answers_in_its_width(void) {
  Session s;
  if (!open_session(&s)) return;
  for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
    for (int is_wide = 0; is_wide < 2; is_wide++) {
      Guarded value;
      SQLSMALLINT length = -1;
      guard(&value);
      SQLRETURN code =
          is_wide ? SQLGetInfoW(s.dbc, items[i].id, value.body, sizeof value.body, &length)
                  : SQLGetInfo(s.dbc, items[i].id, value.body, sizeof value.body, &length);
      size_t wanted = items[i].type == 'H'   ? 2
                      : items[i].type == 'I' ? 4
                                             : (size_t)length + (is_wide ? 2 : 1);
      if (code != SQL_SUCCESS) fail(__FILE__, __LINE__, "info %d gave %d", items[i].id, code);
      else if (!is_untouched(&value, wanted))
        fail(__FILE__, __LINE__, "info %d wrote more than %zu bytes", items[i].id, wanted);
      else if (items[i].type == 'S' && !is_wide && (size_t)length != strlen((char *)value.body))
        fail(__FILE__, __LINE__, "info %d has length %d", items[i].id, length);
    }
  }
  close_session(&s);
}

static void text_is_cut_and_measured(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  Guarded value;
  SQLSMALLINT length = 0, full = 0;
  CHECK_DBC(SQLGetInfo(dbc, SQL_DRIVER_NAME, NULL, 0, &full));
  CHECK_INT(full, strlen("libternodbc.so"));
  guard(&value);
  CHECK_DBC_STATE(SQLGetInfo(dbc, SQL_DRIVER_NAME, value.body, 5, &length), "01004");
  CHECK_TEXT(value.body, "libt");
  CHECK_INT(length, full);
  CHECK(is_untouched(&value, 5));
  guard(&value);
  CHECK_DBC_STATE(SQLGetInfoW(dbc, SQL_DRIVER_NAME, value.body, 10, &length), "01004");
  CHECK_INT(length, full * 2);
  CHECK(is_untouched(&value, 10));
  close_session(&s);
}

static void unknown_ids_are_refused(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  SQLUINTEGER value;
  CHECK_DBC_STATE(SQLGetInfo(dbc, 9999, &value, 4, NULL), "HY096");
  close_session(&s);
}

static void programs_can_rely_on_the_names(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  char text[256];
  SQLUSMALLINT length = 0;
  SQLUINTEGER mask = 0;
  CHECK_DBC(SQLGetInfo(dbc, SQL_DRIVER_ODBC_VER, text, sizeof text, NULL));
  CHECK_TEXT(text, "03.80");
  CHECK_DBC(SQLGetInfo(dbc, SQL_DBMS_NAME, text, sizeof text, NULL));
  CHECK(text[0] != 0);
  CHECK_DBC(SQLGetInfo(dbc, SQL_DBMS_VER, text, sizeof text, NULL));
  CHECK(text[2] == '.' && text[5] == '.');
  CHECK_DBC(SQLGetInfo(dbc, SQL_MAX_COLUMN_NAME_LEN, &length, 0, NULL));
  CHECK(length > 0);
  CHECK_DBC(SQLGetInfo(dbc, SQL_GETDATA_EXTENSIONS, &mask, 0, NULL));
  CHECK_INT(mask, 15);
  close_session(&s);
}

static void functions_are_reported(void) {
  Session s;
  if (!open_session(&s)) return;
  SQLHDBC dbc = s.dbc;
  SQLUSMALLINT bits[SQL_API_ODBC3_ALL_FUNCTIONS_SIZE], one = 0;
  memset(bits, 0, sizeof bits);
  CHECK_DBC(SQLGetFunctions(dbc, SQL_API_ODBC3_ALL_FUNCTIONS, bits));
  SQLUSMALLINT there[] = {
      SQL_API_SQLALLOCHANDLE, SQL_API_SQLBINDCOL, SQL_API_SQLBINDPARAM, SQL_API_SQLBINDPARAMETER,
      SQL_API_SQLBROWSECONNECT, SQL_API_SQLCANCEL, SQL_API_SQLCLOSECURSOR, SQL_API_SQLCOLATTRIBUTE,
      SQL_API_SQLCOLUMNPRIVILEGES, SQL_API_SQLCOLUMNS, SQL_API_SQLCONNECT, SQL_API_SQLCOPYDESC,
      SQL_API_SQLDESCRIBECOL, SQL_API_SQLDESCRIBEPARAM, SQL_API_SQLDISCONNECT,
      SQL_API_SQLDRIVERCONNECT, SQL_API_SQLENDTRAN, SQL_API_SQLEXECDIRECT, SQL_API_SQLEXECUTE,
      SQL_API_SQLEXTENDEDFETCH, SQL_API_SQLFETCH, SQL_API_SQLFETCHSCROLL, SQL_API_SQLFOREIGNKEYS,
      SQL_API_SQLFREEHANDLE, SQL_API_SQLFREESTMT, SQL_API_SQLGETCONNECTATTR,
      SQL_API_SQLGETCURSORNAME, SQL_API_SQLGETDATA, SQL_API_SQLGETDESCFIELD, SQL_API_SQLGETDESCREC,
      SQL_API_SQLGETDIAGFIELD, SQL_API_SQLGETDIAGREC, SQL_API_SQLGETENVATTR,
      SQL_API_SQLGETFUNCTIONS, SQL_API_SQLGETINFO, SQL_API_SQLGETSTMTATTR, SQL_API_SQLGETTYPEINFO,
      SQL_API_SQLMORERESULTS, SQL_API_SQLNATIVESQL, SQL_API_SQLNUMPARAMS, SQL_API_SQLNUMRESULTCOLS,
      SQL_API_SQLPARAMDATA, SQL_API_SQLPREPARE, SQL_API_SQLPRIMARYKEYS,
      SQL_API_SQLPROCEDURECOLUMNS, SQL_API_SQLPROCEDURES, SQL_API_SQLPUTDATA, SQL_API_SQLROWCOUNT,
      SQL_API_SQLSETCONNECTATTR, SQL_API_SQLSETCURSORNAME, SQL_API_SQLSETDESCFIELD,
      SQL_API_SQLSETDESCREC, SQL_API_SQLSETENVATTR, SQL_API_SQLSETPOS, SQL_API_SQLSETSTMTATTR,
      SQL_API_SQLSPECIALCOLUMNS, SQL_API_SQLSTATISTICS, SQL_API_SQLTABLEPRIVILEGES,
      SQL_API_SQLTABLES};
  for (size_t i = 0; i < sizeof there / sizeof *there; i++)
    if (!SQL_FUNC_EXISTS(bits, there[i]))
      fail(__FILE__, __LINE__, "function %d is not reported", there[i]);
  CHECK(!SQL_FUNC_EXISTS(bits, SQL_API_SQLBULKOPERATIONS)); /* it always refuses */
  CHECK_DBC(SQLGetFunctions(dbc, SQL_API_SQLDESCRIBEPARAM, &one));
  CHECK_INT(one, SQL_TRUE);
  close_session(&s);
}

const Test info_tests[] = {
    /* trap 39, acceptance 5 */
    {"every id answers in its width", every_id_answers_in_its_width},
    /* trap 38 */
    {"text is cut and measured", text_is_cut_and_measured},
    {"unknown ids are refused", unknown_ids_are_refused},
    {"programs can rely on the names", programs_can_rely_on_the_names},
    {"functions are reported", functions_are_reported},
    {NULL, NULL},
};
