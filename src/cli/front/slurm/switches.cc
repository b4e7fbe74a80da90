#include "cli/front/slurm/switches.h"

#include <fmt/format.h>
#include <getopt.h>
#include <time.h>

#include <algorithm>

#include "cli/front/slurm/commands.h"
#include "cli/front/slurm/words.h"
#include "cli/table.h"
#include "dialect/values.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int kHelp = 1, kUsageText = 2;

int arity(char argument) {
  if (argument == '=') return required_argument;
  return argument == '?' ? optional_argument : no_argument;
}

std::string short_forms(std::span<const Switch> table, Order order) {
  std::string out = order == Order::stop_at_word ? "+" : "";
  for (const Switch& one : table) {
    if (!one.letter) continue;
    out += one.letter;
    if (one.argument) out += one.argument == '=' ? ":" : "::";
  }
  return out + "V";
}

std::vector<option> long_forms(std::span<const Switch> table) {
  std::vector<option> out;
  for (const Switch& one : table) {
    if (*one.name) out.push_back({one.name, arity(one.argument), nullptr, one.id});
  }
  out.push_back({"help", no_argument, nullptr, kHelp});
  out.push_back({"usage", no_argument, nullptr, kUsageText});
  out.push_back({"version", no_argument, nullptr, 'V'});
  out.push_back({nullptr, 0, nullptr, 0});
  return out;
}

std::string spelled(const Switch& one) {
  std::string out = one.letter ? fmt::format("-{}", one.letter) : "  ";
  if (*one.name) out += fmt::format("{}--{}", one.letter ? ", " : "  ", one.name);
  if (one.argument == '=') out += fmt::format("={}", one.value);
  if (one.argument == '?') out += fmt::format("[={}]", one.value);
  return out;
}

void print_help(const Call& call, std::span<const Switch> table) {
  fmt::print("Usage: {} [OPTIONS]\n", call.name);
  for (const Switch& one : table) fmt::print("  {:<31} {}\n", spelled(one), one.meaning);
  fmt::print("  -V, --version                   output version information and exit\n");
  fmt::print("\nHelp options:\n  --help                          show this help message\n");
  fmt::print("  --usage                         display a brief summary of {} options\n",
             call.name);
}

void print_usage(const Call& call, std::span<const Switch> table) {
  std::string line = fmt::format("Usage: {}", call.name);
  const std::string indent(line.size(), ' ');
  for (const Switch& one : table) {
    std::string word = one.letter ? fmt::format("-{}", one.letter) : fmt::format("--{}", one.name);
    if (one.argument == '=') word += fmt::format(" {}", one.value);
    if (line.size() + word.size() > 76) {
      fmt::print("{}\n", line);
      line = indent;
    }
    line += fmt::format(" [{}]", word);
  }
  fmt::print("{}\n", line);
}

}  // namespace

bool Switches::has(int id) const {
  return std::ranges::any_of(given, [&](const Given& one) { return one.id == id; });
}

std::string Switches::last(int id) const {
  for (auto one = given.rbegin(); one != given.rend(); ++one) {
    if (one->id == id) return one->value;
  }
  return "";
}

std::optional<Switches> read_switches(const Call& call, std::span<const Switch> table, Order order,
                                      int bad_option_code) {
  std::vector<std::string> words{call.name};
  words.insert(words.end(), call.words.begin(), call.words.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string letters = short_forms(table, order);
  const std::vector<option> names = long_forms(table);
  Switches out;
  optind = 0;
  int count = static_cast<int>(words.size());
  for (int id;
       (id = getopt_long(count, argv.data(), letters.c_str(), names.data(), nullptr)) >= 0;) {
    if (id == kHelp) return print_help(call, table), std::nullopt;
    if (id == kUsageText) return print_usage(call, table), std::nullopt;
    if (id == 'V') return fmt::print("{}\n", kVersion), std::nullopt;
    if (id == '?') {  // getopt_long has said what
      throw CommandError(static_cast<ExitCode>(bad_option_code),
                         fmt::format("Try \"{} --help\" for more information", call.name));
    }
    auto by_letter = std::ranges::find(table, static_cast<char>(id), &Switch::letter);
    if (id < kLongOnly && by_letter != table.end()) id = by_letter->id;
    out.given.push_back({id, optarg ? optarg : ""});
  }
  out.rest.assign(argv.begin() + optind, argv.end() - 1);
  return out;
}

CommandError failure(const Call& call, std::string_view sentence, int code) {
  return {static_cast<ExitCode>(code), fmt::format("{}: error: {}", call.name, sentence)};
}

void complain(const Call& call, std::string_view sentence) {
  fmt::print(stderr, "{}: error: {}\n", call.name, sentence);
}

int print_again_and_again(const Call& call, const Switches& words,
                          int (*print)(const Call& call, const Switches& words)) {
  std::string again = words.last('i');
  if (again.empty()) return print(call, words);
  auto pause_s = dialect::parse_positive(again);
  if (!pause_s) throw failure(call, fmt::format("--iterate={}", again));
  while (true) {
    fmt::print("{}\n", date_line(now_ms()));
    if (int code = print(call, words); code != kOk) return code;
    timespec pause{static_cast<time_t>(std::min<int64_t>(*pause_s, 86'400)), 0};
    nanosleep(&pause, nullptr);
  }
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    std::string_view part = text.substr(0, text.find(','));
    if (!part.empty()) out.emplace_back(part);
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  return out;
}

}  // namespace pentad::cli::front::slurm
