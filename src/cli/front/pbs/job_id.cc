#include "cli/front/pbs/job_id.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace pentad::cli::front::pbs {

namespace {

constexpr int64_t kMostElements = 1 << 24;

// Between [ and ], or behind a dash; nothing for "[]".
std::optional<IndexSet> read_elements(std::string_view text, bool& sound) {
  if (text.empty()) return {};
  Result<IndexSet> set = IndexSet::parse(text, kMostElements);
  sound = set.has_value();
  return sound ? std::optional(std::move(*set)) : std::nullopt;
}

}  // namespace

std::optional<JobId> read_id(std::string_view server, std::string_view text) {
  JobId id;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.job);
  if (error != std::errc{} || id.job <= 0) return {};
  std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
  std::string_view number = text.substr(0, text.size() - rest.size());
  bool sound = true;
  if (rest.starts_with('[')) {
    size_t close = rest.find(']');
    if (close == rest.npos) return {};
    id.elements = read_elements(rest.substr(1, close - 1), sound);
    rest.remove_prefix(close + 1);
  } else if (rest.starts_with('-')) {
    size_t dot = std::min(rest.find('.'), rest.size());
    id.elements = read_elements(rest.substr(1, dot - 1), sound);
    rest.remove_prefix(dot);
  }
  if (!sound || (!rest.empty() && rest[0] != '.')) return {};
  std::string_view name = text.substr(0, text.size() - rest.size());
  if (name.empty()) name = number;
  id.text = rest.empty() ? fmt::format("{}.{}", name, server) : std::string(text);
  return id;
}

}  // namespace pentad::cli::front::pbs
