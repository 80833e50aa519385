// unixODBC's headers only: a driver must not link the driver manager.
#include <odbcinst.h>
#include <odbcinstext.h>
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Appends a property behind `last`; the installer library frees its memory. `choices` are lines, or
/// empty. The new last property, or NULL if there is no memory.
static inline HODBCINSTPROPERTY tern_odbc_append_property(
    HODBCINSTPROPERTY last, const char *name, const char *value, int type, const char *choices,
    const char *help) {
  HODBCINSTPROPERTY property = (HODBCINSTPROPERTY)calloc(1, sizeof *property);
  if (property == NULL) return NULL;
  snprintf(property->szName, sizeof property->szName, "%s", name);
  snprintf(property->szValue, sizeof property->szValue, "%s", value);
  property->nPromptType = type;
  property->pszHelp = strdup(help);
  size_t count = 1, length = strlen(choices);
  for (const char *next = choices; *next; next++) count += *next == '\n';
  if (length > 0) {
    // One block for the pointers and the texts: only the pointers are freed.
    char **list = (char **)calloc(1, (count + 1) * sizeof(char *) + length + 1);
    if (list != NULL) {
      char *text = (char *)(list + count + 1);
      memcpy(text, choices, length + 1);
      for (size_t index = 0; index < count; index++) {
        list[index] = text;
        char *end = strchr(text, '\n');
        if (end == NULL) break;
        *end = 0;
        text = end + 1;
      }
    }
    property->aPromptData = list;
  }
  last->pNext = property;
  return property;
}
