// A script of another scheduler on its way to the centre: read, translated, asked for. Behind
// `pentad explain`, `pentad submit` and the other schedulers' own commands.
#pragma once

#include <optional>
#include <string>

#include "api/job_types.h"
#include "cli/session.h"
#include "dialect/to_request.h"

namespace pentad::cli {

// The bytes of a script, "-" for standard input; at most one more than a script may have, which the
// translation refuses. Throws CommandError.
std::string read_foreign_script(const std::string& path);

// This process' user, directory, host, time and environment. `node_cores` is left at 0.
dialect::Submitter this_submitter();

struct ForeignJob {
  dialect::Translation translation;
  dialect::Request request;

  bool is_accepted() const { return translation.is_accepted() && request.is_accepted(); }
};

// Translates `source` for the centre behind `session`, which is asked how large its nodes are where
// that matters. `keeps_terminal`: this process can give an interactive job its terminal.
ForeignJob translate_foreign(Session& session, const dialect::Source& source,
                             dialect::Dialect dialect, const dialect::SiteProfile& site,
                             bool keeps_terminal = false);

// As the API takes it. The job must be accepted.
api::JobSubmission to_submission(const ForeignJob& job);

// Whose script this is: by `as` (a dialect's name, or pentad), else by its directives; nothing for
// a script of Pentad's own. Throws CommandError for an unknown name.
std::optional<dialect::Detection> foreign_dialect(const std::string& as, const std::string& script,
                                                  const dialect::SiteProfile& site);

// Translates for `pentad submit`: says on standard error whose script it is taken for and all that
// is not exactly as written. Throws CommandError when it is refused.
api::JobSubmission submission_of_foreign(Session& session, const dialect::Source& source,
                                         const dialect::Detection& as,
                                         const dialect::SiteProfile& site);

// All that makes the job unacceptable: "line 3: --mem: why", one a line.
std::string why_refused(const ForeignJob& job);

}  // namespace pentad::cli
