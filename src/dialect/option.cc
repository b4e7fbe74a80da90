#include "dialect/option.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace pentad::dialect {

namespace {

template <class F>
void for_each_spelling(const Option& option, F f) {
  std::string_view rest = option.spellings;
  while (!rest.empty()) {
    size_t blank = rest.find(' ');
    f(rest.substr(0, blank));
    rest = blank == rest.npos ? std::string_view{} : rest.substr(blank + 1);
  }
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string to_text(const Origin& origin) {
  switch (origin.kind) {
    case OriginKind::none:
      return "unset";
    case OriginKind::dialect_default:
      return "default";
    case OriginKind::site_default:
      return "site default";
    case OriginKind::script:
      return fmt::format("line {}", origin.line);
    case OriginKind::environment:
      return "environment";
    case OriginKind::command_line:
      return "command line";
  }
  return "";
}

bool is_spelled(const Option& option, std::string_view word) {
  bool found = false;
  for_each_spelling(option, [&](std::string_view one) { found = found || one == word; });
  return found;
}

const Option* find_option(std::span<const Option> table, std::string_view word) {
  auto at = std::ranges::find_if(table, [&](const Option& o) { return is_spelled(o, word); });
  return at == table.end() ? nullptr : &*at;
}

std::string nearest_spelling(std::span<const Option> table, std::string_view word) {
  std::string best;
  word = word.substr(0, 64);  // longer words are no option of anybody
  size_t best_distance = word.size() / 3 + 1;
  for (const Option& option : table) {
    for_each_spelling(option, [&](std::string_view one) {
      size_t distance = edit_distance(word, one);
      if (distance >= best_distance || distance >= one.size()) return;
      best_distance = distance;
      best = one;
    });
  }
  return best;
}

void Target::worsen(Effect effect, std::string reason) {
  if (effect < effect_ || reason.empty()) return;
  reason_ = effect > effect_ || reason_.empty() ? std::move(reason) : reason_ + "; " + reason;
  effect_ = effect;
}

void Target::record(std::string text, Effect effect, std::string reason) {
  if (is_full()) return;  // refused anyway
  if (records_.size() == kMostRecords) {
    effect = Effect::refused;
    reason = fmt::format("a script has at most {} options", kMostRecords);
  }
  records_.push_back({origin, std::move(text), effect, std::move(reason)});
}

void Target::begin() {
  effect_ = Effect::exact;
  reason_.clear();
}

void Target::end(std::string text) {
  record(std::move(text), effect_, std::move(reason_));
  reason_.clear();
}

// Of an option by any of its spellings; of a part of a list by "-l name".
const OptionPolicy* Target::policy_of(const Option& option, std::string_view text) const {
  auto table = site.policies.find(dialect);
  if (table == site.policies.end()) return nullptr;
  const OptionPolicy* found = nullptr;
  bool is_part = !option.spellings.starts_with('-');
  std::string flag = is_part ? std::string(text.substr(0, text.find(' ') + 1)) : "";
  for_each_spelling(option, [&](std::string_view one) {
    const OptionPolicy* policy = site.policy(dialect, flag + std::string(one));
    if (policy) found = policy;
  });
  return found;
}

bool Target::decide(const OptionPolicy& policy, const Option& option, const std::string& text) {
  if (policy == OptionPolicy::refuse) {
    return record(text, Effect::refused, "the site's profile refuses it"), true;
  }
  if (policy == OptionPolicy::ignore) {
    record(text, Effect::ignored, "the site's profile leaves it out");
    if (!is_full()) records_.back().quiet = true;
    return true;
  }
  if (option.effect != Effect::refused) return false;
  record(text, Effect::ignored,
         fmt::format("the site's profile lets it pass, though: {}", option.reason));
  return true;
}

// The record of the same option before it says that it no longer counts.
void Target::repeat(const Option& option) {
  size_t component = job.components.size();
  for (Seen& seen : seen_) {
    if (seen.option != &option || seen.component != component) continue;
    Record& before = records_[seen.record];
    if (before.effect == Effect::refused) continue;
    before.effect = Effect::ignored;
    before.reason = fmt::format("given again ({}): the last one counts", to_text(origin));
  }
  seen_.push_back({&option, component, records_.size()});
}

void Target::carry_out(const Option& option, std::string_view value, std::string text) {
  if (is_full()) return;
  const OptionPolicy* policy = policy_of(option, text);
  if (policy && decide(*policy, option, text)) return;
  effect_ = option.effect;
  reason_ = option.reason;
  if (option.repeat == Repeat::parts) {
    option.apply(*this, value);  // records each part
    return;
  }
  if (effect_ != Effect::refused && option.apply) option.apply(*this, value);
  if (option.repeat == Repeat::last_wins) repeat(option);
  end(std::move(text));
}

bool Target::carry_out_part(std::span<const Option> table, std::string_view name,
                            std::string_view value, std::string text) {
  const Option* option = find_option(table, name);
  if (!option) return false;
  carry_out(*option, value, std::move(text));
  return true;
}

}  // namespace pentad::dialect
