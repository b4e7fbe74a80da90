#include "cli/front/lsf/submission.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "api/centre_types.h"
#include "cli/table.h"
#include "dialect/reader.h"
#include "dialect/tables.h"

namespace pentad::cli::front::lsf {

namespace {

using dialect::Dialect;

dialect::SiteProfile site_with_default(Cluster& cluster) {
  dialect::SiteProfile site = cluster.site();
  // Of the user's environment, and as weak as the site's own.
  if (const char* queue = std::getenv("LSB_DEFAULTQUEUE"); queue && *queue) {
    site.default_queue = queue;
  }
  return site;
}

// "a\nb" as "a\nb. Job not submitted.\n"
[[noreturn]] void not_submitted(std::string why) {
  while (why.ends_with('\n') || why.ends_with('.')) why.pop_back();
  fail_with(why + ". Job not submitted.\n");
}

bool exists(Cluster& cluster, const std::string& queue) {
  if (cluster.site().queues.contains(queue) || queue == cluster.site().default_queue) return true;
  if (cluster.site().unmapped_queue == dialect::UnmappedQueue::any) return true;
  auto pools = cluster.session().get<api::PoolList>("/pools").pools;
  return std::ranges::find(pools, queue, &api::PoolInfo::name) != pools.end();
}

// LSF's own words for a queue that nobody knows, before the centre is asked.
void check_queues(Cluster& cluster, const dialect::Job& job) {
  if (!job.queues) return;
  for (const std::string& queue : *job.queues) {
    if (!exists(cluster, queue)) not_submitted(fmt::format("{}: No such queue", printable(queue)));
  }
}

// LSF says nothing more on standard error: what the site wants to be told is. `pentad explain`
// tells all.
void tell_deviations(Cluster& cluster, const ForeignJob& job) {
  for (const dialect::Record& r : job.translation.records) {
    std::string option = r.text.substr(0, r.text.find(' '));
    const dialect::OptionPolicy* policy = cluster.site().policy(Dialect::lsf, option);
    if (!policy || *policy != dialect::OptionPolicy::warn) continue;
    fmt::print(stderr, "{}: {}: {}\n", dialect::to_text(r.origin), printable(r.text),
               printable(r.reason));
  }
}

}  // namespace

Manual submission_manual() {
  // Kept for the life of the process: the views of the manual point into it.
  static const std::vector<Word> words = [] {
    std::vector<Word> out;
    for (const dialect::Option& o : dialect::lsf_options()) {
      bool is_pack = o.spellings == "-pack";
      bool refused = o.effect == dialect::Effect::refused && !is_pack;
      out.push_back({o.spellings, o.form, o.meaning, refused ? o.reason : ""});
    }
    return out;
  }();
  return {"[command [argument ...]] or < script", words};
}

void split_words(std::span<const std::string> words, Order& order, const TakeCommand& take) {
  dialect::Job job;
  std::vector<dialect::Record> records;
  dialect::SiteProfile site;
  dialect::Target target(job, Dialect::lsf, site, records);
  size_t read = dialect::read_options(words, target);
  for (const dialect::Record& r : records) {
    if (r.effect != dialect::Effect::refused) continue;
    not_submitted(fmt::format("{}: {}", printable(r.text), printable(r.reason)));
  }
  order.options.assign(words.begin(), words.begin() + static_cast<ptrdiff_t>(read));
  if (read < words.size()) take(order, words.subspan(read));
}

ForeignJob translate_options(Cluster& cluster, const std::vector<std::string>& options) {
  dialect::Source source;
  source.script = ":\n";
  source.options = options;
  ForeignJob job =
      translate_foreign(cluster.session(), source, Dialect::lsf, site_with_default(cluster));
  if (!job.is_accepted()) fail_with(why_refused(job) + ". Parameters not changed.\n");
  return job;
}

Prepared prepare_order(Cluster& cluster, const Order& order) {
  dialect::Source source;
  source.script = order.script;
  source.script_name = order.name;
  source.options = order.options;
  source.script_args = order.arguments;
  ForeignJob job =
      translate_foreign(cluster.session(), source, Dialect::lsf, site_with_default(cluster), true);
  if (!job.is_accepted()) not_submitted(why_refused(job));
  const dialect::Job& asked = job.translation.job;
  check_queues(cluster, asked);
  bool chosen = asked.queues && asked.queues.origin.kind != dialect::OriginKind::site_default;
  Sent sent;
  sent.is_default_queue = !chosen;
  sent.queue = asked.queues ? asked.queues->front() : cluster.default_queue();
  sent.waits = *asked.wait;
  sent.is_interactive = *asked.interactive;
  return {std::move(job), std::move(sent)};
}

int64_t send_prepared(Cluster& cluster, const ForeignJob& job) {
  int64_t id = 0;
  try {
    id = send_foreign(cluster.session(), job).jobs.at(0);
  } catch (const CommandError& error) {
    if (error.code == kUnreachable) throw;
    not_submitted(error.what());
  }
  tell_deviations(cluster, job);
  return id;
}

}  // namespace pentad::cli::front::lsf
