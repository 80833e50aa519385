// A C target needs one file to compile.
#include "CTern.h"
