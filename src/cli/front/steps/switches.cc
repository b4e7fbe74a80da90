#include <fmt/format.h>

#include <charconv>

#include "cli/front/steps/steps.h"
#include "cli/table.h"
#include "dialect/values.h"

namespace pentad::cli::front::steps {

namespace {

std::string key_of(const Switch& one) {
  return std::string(one.names.substr(0, one.names.find(' ')));
}

const Switch* find(std::span<const Switch> table, std::string_view word) {
  for (const Switch& one : table) {
    for (std::string_view name : dialect::split(one.names, ' ')) {
      if (name == word) return &one;
    }
  }
  return nullptr;
}

void print_help(const std::string& tool, std::span<const Switch> table, std::string_view operands) {
  fmt::print("Usage: {} [options] {}\n", tool, operands);
  for (const Switch& one : table) {
    fmt::print("  {:<34} {}\n", fmt::format("{} {}", one.names, one.form), one.meaning);
  }
}

}  // namespace

std::string Switches::value(std::string_view key) const {
  auto at = given.find(key);
  return at == given.end() || at->second.empty() ? "" : at->second.back();
}

int64_t Switches::count(std::string_view key, int64_t otherwise) const {
  if (!has(key)) return otherwise;
  constexpr int64_t kMost = 100'000;
  Result<int64_t> number = dialect::parse_positive(value(key));
  if (!number || *number > kMost) {
    throw CommandError(kUsage, fmt::format("{} {}: it is not a number from 1 to {}", key,
                                           printable(value(key)), kMost));
  }
  return *number;
}

std::optional<Switches> read_switches(const std::string& tool, std::span<const std::string> words,
                                      std::span<const Switch> table, std::string_view operands) {
  Switches out;
  size_t at = 0;
  for (; at < words.size() && words[at].size() > 1 && words[at][0] == '-'; ++at) {
    const std::string& word = words[at];
    if (word == "--") {
      ++at;
      break;
    }
    if (word == "--help") return print_help(tool, table, operands), std::nullopt;
    size_t equals = word.starts_with("--") ? word.find('=') : word.npos;
    const Switch* known = find(table, std::string_view(word).substr(0, equals));
    // -n4
    bool glued = !known && !word.starts_with("--");
    if (glued) known = find(table, std::string_view(word).substr(0, 2));
    if (!known || (glued && known->form.empty())) {
      throw CommandError(kUsage, fmt::format("{}: there is no option {}", tool, printable(word)));
    }
    std::vector<std::string>& values = out.given[key_of(*known)];
    if (known->form.empty()) continue;
    if (glued) {
      values.push_back(word.substr(2));
    } else if (equals != word.npos) {
      values.push_back(word.substr(equals + 1));
    } else if (++at < words.size()) {
      values.push_back(words[at]);
    } else {
      throw CommandError(kUsage, fmt::format("{}: {} needs a value: {}", tool, word, known->form));
    }
  }
  out.rest.assign(words.begin() + static_cast<ptrdiff_t>(at), words.end());
  return out;
}

}  // namespace pentad::cli::front::steps
