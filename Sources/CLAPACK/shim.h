#ifndef C_LAPACK_H
#define C_LAPACK_H

#include <cblas.h>
#include <lapacke.h>

#endif
