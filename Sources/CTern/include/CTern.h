#include "tern_arrow.h"
#include "tern_system.h"
