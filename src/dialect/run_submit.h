// What of a submission its script may ask about when it runs.
#pragma once

#include "dialect/to_request.h"
#include "model/launch.h"

namespace pentad::dialect {

// `site` as it was translated with.
Launch make_launch(const Translation& translation, const Submitter& submitter,
                   const SiteProfile& site);

}  // namespace pentad::dialect
