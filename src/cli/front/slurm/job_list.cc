#include "cli/front/slurm/job_list.h"

#include <fmt/format.h>

#include <charconv>

#include "api/limits.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int64_t kMostElements = 10'000'000;

tl::unexpected<Error> no_job(std::string_view text) {
  return fail(ErrorCode::invalid, fmt::format("{}", text));
}

}  // namespace

Result<JobTerm> read_job_term(std::string_view text) {
  JobTerm out;
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, out.job);
  if (error != std::errc() || out.job < 1 || out.job > api::kMaxId) return no_job(text);
  std::string_view rest(at, static_cast<size_t>(end - at));
  if (rest.starts_with('_')) {
    rest.remove_prefix(1);
    bool bracket = rest.starts_with('[');
    size_t stop = bracket ? rest.find(']') : rest.find('.');
    if (bracket && stop == rest.npos) return no_job(text);
    std::string indices(rest.substr(bracket ? 1 : 0, bracket ? stop - 1 : stop));
    rest.remove_prefix(std::min(rest.size(), bracket ? stop + 1 : std::min(stop, rest.size())));
    indices.resize(std::min(indices.find('%'), indices.size()));
    if (indices != "*") {
      auto set = IndexSet::parse(indices, kMostElements);
      if (!set) return no_job(text);
      out.elements = std::move(*set);
    }
  } else if (rest == "+0") {  // the first component of a heterogeneous job, which has one here
    rest = {};
  }
  if (rest.starts_with('.') && rest.size() > 1) {
    out.step = rest.substr(1);
    rest = {};
  }
  if (!rest.empty()) return no_job(text);
  return out;
}

Result<std::vector<JobTerm>> read_job_terms(std::string_view text) {
  std::vector<JobTerm> out;
  size_t from = 0;
  bool inside = false;
  for (size_t i = 0; i <= text.size(); ++i) {
    char c = i < text.size() ? text[i] : ',';
    if (c == '[') inside = true;
    if (c == ']') inside = false;
    if ((c != ',' && c != ' ') || (inside && i < text.size())) continue;
    std::string_view name = text.substr(from, i - from);
    from = i + 1;
    if (name.empty()) continue;
    auto term = read_job_term(name);
    if (!term) return tl::unexpected(term.error());
    out.push_back(std::move(*term));
  }
  return out;
}

}  // namespace pentad::cli::front::slurm
