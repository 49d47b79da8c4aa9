#ifndef C_XGBOOST_H
#define C_XGBOOST_H

#include <xgboost/c_api.h>

#endif
