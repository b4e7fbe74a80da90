// Jobs as LSF names and lists them.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/job_views.h"
#include "cli/front/elements.h"
#include "cli/front/front.h"
#include "model/index_set.h"

namespace pentad::cli::front::lsf {

// 123, 123[4] or 123[1-5,7-9:2].
struct JobKey {
  int64_t job = 0;
  std::optional<IndexSet> elements;
  std::string text;  // as written
};
std::optional<JobKey> read_key(std::string_view text);
// Throws Finished for what is none.
JobKey job_key(const std::string& text);

// Whether `pattern`, with * for anything, is the name of the element: name or name[index].
bool is_named(const Element& element, const std::string& pattern);

enum class Stat { pend, psusp, run, done, exit };
Stat stat_of(const Element& element);
std::string_view stat_text(Stat stat);                            // PEND
std::string id_text(const Element& e);                            // 123, 123[4]
std::string name_text(const Element& e);                          // name, name[4]
std::string hosts_text(const Element& e, const char* separator);  // 4*a:4*b
int32_t slots_of(const Element& e);
int exit_code_of(const Element& e);            // LSF's own number for each way to end
std::string exit_reason_of(const Element& e);  // TERM_OWNER: job killed by owner; empty: by itself
// done(12) && ended(13); empty without.
std::string dependency_text(const std::optional<api::JobDependency>& dependency);
std::string clock_text(std::optional<int64_t> at_ms);  // Oct 22 16:00
std::string day_text(int64_t at_ms);                   // Thu Oct 22 16:00:05

// What commands know of the centre beyond its jobs, asked for once.
class Cluster {
 public:
  explicit Cluster(const Call& call);

  Session& session() { return session_; }
  const dialect::SiteProfile& site() const { return site_; }
  const std::string& user() const { return user_; }
  const std::string& default_queue();
  std::string queue_of(const api::JobSummary& job);
  const api::JobDetail& detail(int64_t job);
  const std::string& command(int64_t job);  // what it runs, lines joined by ;
  std::string from_host(int64_t job);
  std::string submit_directory(int64_t job);
  // The job of that number, if there is one; kept as long as the centre is.
  const api::JobSummary* find(int64_t job);
  std::vector<Element> elements(const api::JobSummary& job) { return elements_of(session_, job); }
  // Those of a list; kept as long as the centre is.
  std::vector<const api::JobSummary*> list(const std::string& query);
  const api::JobSummary* keep(api::JobSummary job) { return &jobs_.emplace_back(std::move(job)); }

 private:
  Session session_;
  dialect::SiteProfile site_;
  std::string user_, default_queue_;
  std::map<int64_t, api::JobDetail> details_;
  std::map<int64_t, std::string> commands_;
  std::deque<api::JobSummary> jobs_;
};

// Which jobs a command means when it names no numbers.
struct Choice {
  std::string user;  // empty: all
  std::string queue, name, project, host;
  bool fits(const Element& e, Cluster& centre) const;
  std::string query() const;  // the part of it that the centre looks for
};

}  // namespace pentad::cli::front::lsf
