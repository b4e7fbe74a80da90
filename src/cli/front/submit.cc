// What all submitting commands share.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/front/front.h"
#include "cli/site_profile.h"
#include "cli/table.h"

namespace pentad::cli::front {

dialect::SiteProfile site_profile(const Globals& globals) {
  Result<dialect::SiteProfile> site = read_site_profile("", globals.home);
  if (!site) throw CommandError(kFailed, printable(site.error().message));
  return std::move(*site);
}

api::Submitted send_foreign(Session& session, const ForeignJob& job) {
  return send_submission(session, to_submission(job), "");
}

}  // namespace pentad::cli::front
