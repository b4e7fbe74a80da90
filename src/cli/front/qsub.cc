#include "cli/front/qsub.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "cli/table.h"
#include "dialect/reader.h"

namespace pentad::cli::front {

Order read_order(const std::vector<std::string>& words, dialect::Dialect dialect) {
  dialect::Job job;
  std::vector<dialect::Record> records;
  dialect::SiteProfile site;
  dialect::Target target(job, dialect, site, records);
  target.origin = {dialect::OriginKind::command_line, 0};
  size_t read = dialect::read_options(words, target);
  Order order;
  auto at = words.begin() + static_cast<ptrdiff_t>(read);
  order.options.assign(words.begin(), at);
  bool ended = !order.options.empty() && order.options.back() == "--";
  if (ended) order.options.pop_back();
  bool is_pbs = dialect != dialect::Dialect::sge;
  order.is_program = is_pbs && ended && at != words.end();  // PBS Pro: qsub -- program arguments
  if (!order.is_program && at != words.end()) {
    order.path = *at == "-" ? "" : *at;
    ++at;
  }
  order.args.assign(at, words.end());
  for (dialect::Record& r : records) {
    if (r.effect == dialect::Effect::refused) order.refused.push_back(std::move(r));
  }
  return order;
}

Desk::Desk(const Call& call)
    : session_(call.globals), site_(site_profile(call.globals)), submitter_(this_submitter()) {}

const std::vector<std::string>& Desk::queues() {
  if (!queues_.empty()) return queues_;
  for (const auto& [name, rule] : site_.queues) queues_.push_back(name);
  bool is_known = std::ranges::find(queues_, site_.default_queue) != queues_.end();
  if (!site_.default_queue.empty() && !is_known) queues_.push_back(site_.default_queue);
  if (site_.unmapped_queue == dialect::UnmappedQueue::pool) {
    for (const api::PoolInfo& pool : session_.get<api::PoolList>("/pools").pools) {
      if (std::ranges::find(queues_, pool.name) == queues_.end()) queues_.push_back(pool.name);
    }
  }
  if (queues_.empty()) queues_.emplace_back("default");
  return queues_;
}

std::string Desk::default_queue() {
  return site_.default_queue.empty() ? queues().front() : site_.default_queue;
}

std::string Desk::queue_of(const api::JobSummary& job) {
  return job.queue.empty() ? default_queue() : job.queue.substr(0, job.queue.find(','));
}

bool Desk::has_queue(const std::string& name) {
  return site_.unmapped_queue == dialect::UnmappedQueue::any ||
         std::ranges::find(queues(), name) != queues().end();
}

const std::vector<api::NodeInfo>& Desk::nodes() {
  if (!nodes_) nodes_ = session_.get<api::NodeList>("/nodes").nodes;
  return *nodes_;
}

const api::JobDetail& Desk::detail(int64_t job) {
  auto at = details_.find(job);
  if (at != details_.end()) return at->second;
  return details_[job] = session_.get<api::JobDetail>(fmt::format("/jobs/{}", job));
}

ForeignJob translate_order(Desk& desk, const Order& order, const std::string& script,
                           dialect::Dialect dialect) {
  dialect::Source source;
  constexpr std::string_view kNothing = ":\n";
  source.script = order.is_program ? kNothing : std::string_view(script);
  source.options = order.options;
  if (order.is_program) {
    source.script_name = std::filesystem::path(order.args.front()).filename().string();
  } else {
    source.script_name = std::filesystem::path(order.path).filename().string();
    source.script_args = order.args;
  }
  ForeignJob job = translate_foreign(desk.session(), source, dialect, desk.site(), true);
  if (order.is_program) {
    job.request.payload.script.clear();
    job.request.payload.argv = order.args;
  }
  return job;
}

void tell_deviations(const Call& call, const ForeignJob& job) {
  for (const auto* records : {&job.translation.records, &job.request.deviations}) {
    for (const dialect::Record& r : *records) {
      bool is_told =
          r.effect == dialect::Effect::ignored && !r.quiet && !r.reason.starts_with("given again");
      if (!is_told) continue;
      fmt::print(stderr, "{}: {}: {}: {}\n", call.name, dialect::to_text(r.origin),
                 printable(r.text), printable(r.reason));
    }
  }
}

const dialect::Record* first_refusal(const ForeignJob& job) {
  for (const auto* records : {&job.translation.records, &job.request.deviations}) {
    for (const dialect::Record& r : *records) {
      if (r.effect == dialect::Effect::refused) return &r;
    }
  }
  return nullptr;
}

std::string expand_path(const std::string& pattern, const api::JobSummary& job,
                        std::optional<int64_t> index, const std::string& host) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      out += pattern[i];
      continue;
    }
    switch (pattern[++i]) {
      case 'j':
        out += std::to_string(job.id);
        break;
      case 'a':
        out += index ? std::to_string(*index) : "^array_index^";
        break;
      case 'x':
        out += job.name;
        break;
      case 'u':
        out += job.user;
        break;
      case 'h':
        out += host;
        break;
      default:
        out += pattern[i];
    }
  }
  return out;
}

std::string why_not(const std::function<void()>& work) {
  try {
    work();
    return "";
  } catch (const CommandError& error) {
    if (error.code == kUnreachable) throw;
    return error.what();
  }
}

}  // namespace pentad::cli::front
