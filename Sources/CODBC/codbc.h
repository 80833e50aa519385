// unixODBC's headers only: a driver must not link the driver manager.
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>
#include <odbcinst.h>
