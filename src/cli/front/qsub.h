// What the qsub of PBS and of Grid Engine share, and what their commands know of the centre.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/centre_types.h"
#include "api/job_views.h"
#include "cli/front/elements.h"
#include "cli/front/front.h"

namespace pentad::cli::front {

// One submission as its command line says it.
struct Order {
  std::vector<std::string> options;
  std::string path;               // of the script; empty: standard input
  std::vector<std::string> args;  // of the script, or the program and its own
  bool is_program = false;        // args are what to run: there is no script
  std::vector<dialect::Record> refused;
};

// Reads the options of `dialect` from the start of `words`; what follows is script and arguments.
Order read_order(const std::vector<std::string>& words, dialect::Dialect dialect);

// A conversation with the centre, its site profile and what else is asked for once.
class Desk {
 public:
  explicit Desk(const Call& call);

  Session& session() { return session_; }
  const dialect::SiteProfile& site() const { return site_; }
  const std::string& user() const { return submitter_.user; }
  const std::string& home() const { return submitter_.home; }
  const std::string& host() const { return submitter_.host; }  // this machine's
  int64_t now_ms() const { return submitter_.now.value; }

  // The queues that can be named: the site's, then the pools. The first, or the site's default,
  // is that of a job that names none.
  const std::vector<std::string>& queues();
  std::string default_queue();
  std::string queue_of(const api::JobSummary& job);
  bool has_queue(const std::string& name);
  const std::vector<api::NodeInfo>& nodes();

  const api::JobDetail& detail(int64_t job);

 private:
  Session session_;
  dialect::SiteProfile site_;
  dialect::Submitter submitter_;
  std::vector<std::string> queues_;
  std::optional<std::vector<api::NodeInfo>> nodes_;
  std::map<int64_t, api::JobDetail> details_;
};

// `script` must outlive the answer's use.
ForeignJob translate_order(Desk& desk, const Order& order, const std::string& script,
                           dialect::Dialect dialect);
// One line on standard error for each option that is not carried out as written.
void tell_deviations(const Call& call, const ForeignJob& job);
// The first refusal, null if none.
const dialect::Record* first_refusal(const ForeignJob& job);

// %j and its like as an attempt of this element would have them.
std::string expand_path(const std::string& pattern, const api::JobSummary& job,
                        std::optional<int64_t> index, const std::string& host);

// Does `work`, which asks the centre to change something; what it refuses becomes a sentence.
// Empty when it was done.
std::string why_not(const std::function<void()>& work);

}  // namespace pentad::cli::front
