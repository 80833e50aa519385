#include "tern_arrow.h"
#include "tern_system.h"
#include "tern_simd.h"
#include "tern_numbers.h"
