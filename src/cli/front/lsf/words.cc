#include "cli/front/lsf/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/table.h"
#include "cli/version.h"

namespace pentad::cli::front::lsf {

namespace {

std::string usage(const Call& call, const Manual& manual) {
  std::string line = "Usage: " + call.name + " [-h] [-V]";
  std::string text;
  for (const Word& word : manual.words) {
    std::string form = word.form.empty() ? "" : fmt::format(" {}", word.form);
    line += fmt::format(" [{}{}]", word.name, form);
    text += fmt::format("  {:<28}{}{}{}\n", fmt::format("{}{}", word.name, form), word.meaning,
                        word.refused.empty() ? "" : "; refused: ", word.refused);
  }
  line += fmt::format(" {}", manual.operands);
  return wrapped(line, 79, 7) + "\n" + text;
}

[[noreturn]] void bad(const Call& call, const Manual& manual, const std::string& what) {
  fail_with(fmt::format("{}: {}\n{}", call.name, what, usage(call, manual)));
}

void check_help(const Call& call, const Manual& manual, const std::string& word) {
  if (word == "--help") {
    fmt::print("{}", usage(call, manual));
    throw Finished{0, ""};
  }
  if (word == "-h") throw Finished{0, usage(call, manual)};
  if (word == "-V") {
    // Clients look for the number behind "LSF".
    throw Finished{0, fmt::format("Pentad {}, with the commands of IBM Spectrum LSF 10.1.0.0\n"
                                  "  binary type: linux-x86_64\n",
                                  kVersion)};
  }
}

}  // namespace

void fail_with(std::string text) { throw Finished{kFailure, std::move(text)}; }

std::string Words::value(std::string_view name) const {
  auto at = given.find(name);
  return at == given.end() || at->second.empty() ? "" : at->second.back();
}

void answer_help(const Call& call, const Manual& manual) {
  if (!call.words.empty()) check_help(call, manual, call.words.front());
}

Words read_words(const Call& call, const Manual& manual) {
  Words out;
  for (size_t i = 0; i < call.words.size(); ++i) {
    const std::string& word = call.words[i];
    check_help(call, manual, word);
    if (word.size() < 2 || word[0] != '-') {
      out.rest.push_back(word);
      continue;
    }
    auto known = std::ranges::find(manual.words, word, &Word::name);
    if (known == manual.words.end()) {
      bad(call, manual, fmt::format("illegal option -- {}", printable(word.substr(1))));
    }
    if (!known->refused.empty()) {
      fail_with(fmt::format("{} {}: {}\n", call.name, word, known->refused));
    }
    std::vector<std::string>& values = out.given[word];
    if (known->form.empty()) continue;
    if (++i == call.words.size()) {
      bad(call, manual, fmt::format("option requires an argument -- {}", word.substr(1)));
    }
    values.push_back(call.words[i]);
  }
  return out;
}

}  // namespace pentad::cli::front::lsf
