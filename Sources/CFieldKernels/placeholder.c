#include "CFieldKernels.h"
