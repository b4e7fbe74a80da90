#include "cli/front/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/table.h"
#include "cli/version.h"

namespace pentad::cli::front {

namespace {

const Word* find(const Manual& manual, std::string_view name) {
  auto at = std::ranges::find(manual.words, name, &Word::name);
  return at == manual.words.end() ? nullptr : &*at;
}

[[noreturn]] void bad_letter(const Call& call, const Manual& manual, std::string_view what,
                             char letter) {
  throw failure(
      2, fmt::format("{}: {} -- '{}'\n{}", call.name, what, printable(std::string_view(&letter, 1)),
                     letters_usage(call.name, manual)));
}

// The letters of one word; returns how many words it took.
size_t read_cluster(const Call& call, const Manual& manual, size_t at, Words& out) {
  const std::string& word = call.words[at];
  for (size_t i = 1; i < word.size(); ++i) {
    const Word* known = find(manual, std::string{'-', word[i]});
    if (!known) bad_letter(call, manual, "invalid option", word[i]);
    if (known->form.empty()) {
      out.given.emplace_back(known->name, "");
      continue;
    }
    if (i + 1 < word.size()) {
      out.given.emplace_back(known->name, word.substr(i + 1));
      return 1;
    }
    if (at + 1 == call.words.size()) {
      bad_letter(call, manual, "option requires an argument", word[i]);
    }
    out.given.emplace_back(known->name, call.words[at + 1]);
    return 2;
  }
  return 1;
}

std::string lines_of(const Manual& manual, const char* line) {
  std::string text;
  for (const Word& word : manual.words) {
    std::string option(word.name);
    if (!word.form.empty()) option += fmt::format(" {}", word.form);
    text += fmt::format(fmt::runtime(line), "[" + option + "]", word.meaning);
  }
  return text;
}

}  // namespace

bool Words::has(std::string_view name) const {
  return std::ranges::find(given, name, &std::pair<std::string_view, std::string>::first) !=
         given.end();
}

std::string Words::value(std::string_view name) const {
  for (auto one = given.rbegin(); one != given.rend(); ++one) {
    if (one->first == name) return one->second;
  }
  return "";
}

std::string pbs_version() { return fmt::format("PBSPro_22.05.11 (Pentad {})", kVersion); }

std::string letters_usage(std::string_view name, const Manual& manual) {
  std::string line = fmt::format("usage: {}", name);
  for (const Word& word : manual.words) {
    line += word.form.empty() ? fmt::format(" [{}]", word.name)
                              : fmt::format(" [{} {}]", word.name, word.form);
  }
  return wrapped(fmt::format("{} {}", line, manual.operands), 79, 7) + "\n" +
         lines_of(manual, "  {:<26} {}\n");
}

std::string words_usage(std::string_view name, const Manual& manual) {
  return fmt::format("{}\nusage: {} [options] {}\n{}", kSgeVersion, name, manual.operands,
                     lines_of(manual, "        {:<33} {}\n"));
}

CommandError failure(int code, const std::string& text) {
  return CommandError(static_cast<ExitCode>(code), text);
}

Words read_letters(const Call& call, const Manual& manual) {
  Words out;
  for (size_t at = 0; at < call.words.size();) {
    const std::string& word = call.words[at];
    if (word == "--version") {
      fmt::print("pbs_version = {}\n", pbs_version());
      out.is_answered = true;
      return out;
    }
    if (word == "--help") {
      fmt::print("{}", letters_usage(call.name, manual));
      out.is_answered = true;
      return out;
    }
    if (word == "--") {
      out.rest.insert(out.rest.end(), call.words.begin() + static_cast<ptrdiff_t>(at) + 1,
                      call.words.end());
      break;
    }
    if (word.size() > 1 && word[0] == '-') {
      at += read_cluster(call, manual, at, out);
    } else {
      out.rest.push_back(word);
      ++at;
    }
  }
  return out;
}

Words read_words(const Call& call, const Manual& manual) {
  Words out;
  for (size_t at = 0; at < call.words.size(); ++at) {
    const std::string& word = call.words[at];
    if (word == "-help" || word == "--help" || word == "--version") {
      fmt::print("{}", words_usage(call.name, manual));
      out.is_answered = true;
      return out;
    }
    if (word.size() < 2 || word[0] != '-') {
      out.rest.push_back(word);
      continue;
    }
    const Word* known = find(manual, word);
    auto fail = [&](const std::string& why) {
      throw failure(1, fmt::format("{}ERROR! {}", words_usage(call.name, manual), why));
    };
    if (!known) fail(fmt::format("invalid option argument \"{}\"", printable(word)));
    if (known->form.empty()) {
      out.given.emplace_back(known->name, "");
    } else if (at + 1 == call.words.size()) {
      fail(fmt::format("-{} option must have argument", known->name.substr(1)));
    } else {
      out.given.emplace_back(known->name, call.words[++at]);
    }
  }
  return out;
}

}  // namespace pentad::cli::front
