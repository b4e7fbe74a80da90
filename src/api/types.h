// All described types of the HTTP API.
#pragma once

#include "api/app_types.h"
#include "api/centre_types.h"
#include "api/event_types.h"
#include "api/grant_types.h"
#include "api/job_types.h"
#include "api/job_views.h"
#include "api/money_types.h"
#include "api/people_types.h"
#include "api/problem.h"
