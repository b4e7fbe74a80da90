#include "cli/front/lsf/select.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/job_text.h"

namespace pentad::cli::front::lsf {

namespace {

constexpr int64_t kRememberedMs = 3'600'000;  // LSF's CLEAN_PERIOD

void add_named(Cluster& cluster, const std::string& text, Selection& to) {
  JobKey key = job_key(text);
  const api::JobSummary* job = key.job > 0 ? cluster.find(key.job) : nullptr;
  size_t before = to.elements.size();
  if (job && (!key.elements || job->array)) {
    for (Element& e : cluster.elements(*job)) {
      if (!key.elements || key.elements->contains(e.index)) to.elements.push_back(std::move(e));
    }
  }
  if (to.elements.size() == before) to.unknown.push_back(text);
}

}  // namespace

Choice choice_of(const Words& words, const Cluster& cluster) {
  Choice choice;
  choice.user = words.has("-u") ? words.value("-u") : cluster.user();
  if (choice.user == "all") choice.user.clear();
  choice.queue = words.value("-q");
  choice.name = words.value("-J");
  choice.project = words.value("-P");
  choice.host = words.value("-m");
  return choice;
}

Selection select(Cluster& cluster, const std::vector<std::string>& rest, const Choice& choice,
                 const std::string& query) {
  Selection out;
  bool all = rest.size() == 1 && rest[0] == "0";
  if (!rest.empty() && !all) {
    for (const std::string& text : rest) add_named(cluster, text, out);
    return out;
  }
  for (const api::JobSummary* job : cluster.list(query + choice.query())) {
    for (Element& e : cluster.elements(*job)) {
      if (choice.fits(e, cluster)) out.elements.push_back(std::move(e));
    }
  }
  return out;
}

std::vector<const api::JobSummary*> recently_ended(Cluster& cluster, const Choice& choice) {
  std::vector<const api::JobSummary*> out;
  int64_t since_ms = wall_clock().value - kRememberedMs;
  std::string cursor;
  while (true) {
    auto page = cluster.session().get<api::JobPage>(
        fmt::format("/jobs?state=finished&sort=-ended&limit=500{}{}", choice.query(), cursor));
    for (api::JobSummary& job : page.jobs) {
      if (job.ended_at_ms.value_or(0) < since_ms) return out;
      out.push_back(cluster.keep(std::move(job)));
    }
    if (!page.next) return out;
    cursor = "&cursor=" + net::percent_encode(*page.next);
  }
}

}  // namespace pentad::cli::front::lsf
