// The table of endpoints as a router: checks what the table says about query parameters and bodies
// before a handler sees a request, and measures how long answers take.
#pragma once

#include "api/services.h"
#include "net/router.h"

namespace pentad::api {

// `services` must outlive the router and every request.
net::Router make_router(const Services& services);

}  // namespace pentad::api
