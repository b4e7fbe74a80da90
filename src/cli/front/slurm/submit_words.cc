#include "cli/front/slurm/submit_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/front/slurm/switches.h"
#include "cli/front/slurm/words.h"
#include "cli/table.h"
#include "dialect/reader.h"
#include "dialect/tables.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int kBadOption = 255;

void print_help(const Call& call, std::string_view usage) {
  fmt::print("Usage: {} [OPTIONS] {}\n\n", call.name, usage);
  for (const dialect::Option& option : dialect::slurm_options()) {
    std::string head;
    for (std::string_view word = option.spellings; !word.empty();) {
      std::string_view one = word.substr(0, word.find(' '));
      word.remove_prefix(std::min(word.size(), one.size() + 1));
      head += (head.empty() ? "" : ", ") + std::string(one);
    }
    if (!option.form.empty()) head += fmt::format(" {}", option.form);
    fmt::print("  {:<42} {}", head, option.meaning);
    using enum dialect::Effect;
    if (option.effect == ignored) fmt::print(" (ignored: {})", option.reason);
    if (option.effect == approximated) fmt::print(" (nearly: {})", option.reason);
    if (option.effect == refused) fmt::print(" (refused: {})", option.reason);
    fmt::print("\n");
  }
  fmt::print(
      "\nHelp options:\n  -h, --help     show this help message\n"
      "      --usage    display brief usage message\n  -V, --version  output version "
      "information and exit\n");
}

bool print_about(const Call& call, std::string_view usage, const std::string& word) {
  if (word == "--help" || word == "-h") return print_help(call, usage), true;
  if (word == "--usage") return fmt::print("Usage: {} [OPTIONS] {}\n", call.name, usage), true;
  if (word != "--version" && word != "-V") return false;
  return fmt::print("{}\n", kVersion), true;
}

// What the original says where it says nothing of the line; none where it has no words of its own.
std::string original_words(const dialect::Record& r) {
  if (r.reason.starts_with("no #! on line 1")) {
    return "This does not look like a batch script.  The first\n"
           "sbatch: error: line must start with #! followed by the path to an interpreter.\n"
           "sbatch: error: For instance: #!/bin/sh";
  }
  if (r.reason.starts_with("DOS line ends")) {
    return "Batch script contains DOS line breaks (\\r\\n)\n"
           "sbatch: error: instead of expected UNIX line breaks (\\n).";
  }
  if (r.reason.starts_with("only one of --mem")) {
    return "--mem, --mem-per-cpu, and --mem-per-gpu are mutually exclusive.";
  }
  if (r.reason == "the script is empty") return "Batch script is empty!";
  return "";
}

bool is_unknown(const dialect::Record& r) {
  return r.reason.find("has no such option") != r.reason.npos;
}

// "line 3: --mem 1.5G: why", without the origin for the command line.
std::string sentence(const dialect::Record& r) {
  std::string where;
  if (r.origin.kind != dialect::OriginKind::command_line &&
      r.origin.kind != dialect::OriginKind::none) {
    where = dialect::to_text(r.origin) + ": ";
  }
  return fmt::format("{}{}: {}", where, printable(r.text), printable(r.reason));
}

[[noreturn]] void refuse(const Call& call, const ForeignJob& job) {
  int code = kFailed;
  std::string text;
  for (const auto* records : {&job.translation.records, &job.request.deviations}) {
    for (const dialect::Record& r : *records) {
      if (r.effect != dialect::Effect::refused) continue;
      std::string words = original_words(r);
      bool is_fatal = words.starts_with("--mem");
      if (is_fatal) throw CommandError(kFailed, fmt::format("{}: fatal: {}", call.name, words));
      if (!words.empty()) throw failure(call, words);
      if (!text.empty()) text += '\n';
      if (is_unknown(r)) {
        code = kBadOption;
        text += fmt::format("{}: unrecognized option '{}'\n", call.name,
                            printable(r.text.substr(0, r.text.find('='))));
      }
      bool is_leftover = r.reason.starts_with("it is no option");
      if (is_leftover) {
        code = kBadOption;
        text += fmt::format("{}: error: Invalid directive found in batch script: {}\n", call.name,
                            printable(r.text));
      }
      text += fmt::format("{}: error: {}", call.name, sentence(r));
      if (is_unknown(r)) text += fmt::format("\nTry \"{} --help\" for more information", call.name);
    }
  }
  throw CommandError(static_cast<ExitCode>(code), text);
}

// Sentences of slurmctld for what the centre refuses, by the stable name in its answer.
std::string original_refusal(std::string_view words) {
  struct Sentence {
    std::string_view mark, words;
  };
  constexpr std::array kSentences = {
      Sentence{"/resources/pools", "Invalid partition name specified"},
      Sentence{"/resources/licences", "Invalid license specification"},
      Sentence{"/resources/reservation", "Requested reservation is invalid"},
      Sentence{"/resources", "Requested node configuration is not available"},
      Sentence{"pool", "Invalid partition name specified"},
      Sentence{"qos", "Invalid qos specification"},
      Sentence{"QoS", "Invalid qos specification"},
      Sentence{"licence", "Invalid license specification"},
      Sentence{"dependency", "Job dependency problem"},
      Sentence{"array", "Invalid job array specification"},
      Sentence{"reservation", "Requested reservation is invalid"},
      Sentence{"/limit", "Requested time limit is invalid (missing or exceeds some limit)"},
  };
  for (const Sentence& one : kSentences) {
    if (words.find(one.mark) != words.npos) return std::string(one.words);
  }
  return "Unspecified error";
}

}  // namespace

std::optional<SubmitWords> split_words(const Call& call, std::string_view usage) {
  dialect::Job scratch;
  std::vector<dialect::Record> records;
  const dialect::SiteProfile site;
  dialect::Target target(scratch, dialect::Dialect::slurm, site, records);
  size_t count = dialect::read_options(call.words, target);
  for (size_t i = 0; i < count; ++i) {
    if (print_about(call, usage, call.words[i])) return {};
  }
  SubmitWords out;
  auto at = call.words.begin() + static_cast<std::ptrdiff_t>(count);
  out.options.assign(call.words.begin(), at);
  out.rest.assign(at, call.words.end());
  return out;
}

ForeignJob translate_words(const Call& call, Session& session, const dialect::Source& source,
                           const dialect::SiteProfile& site) {
  ForeignJob job = translate_foreign(session, source, dialect::Dialect::slurm, site);
  if (!job.is_accepted()) refuse(call, job);
  return job;
}

void tell_deviations(const Call& call, const ForeignJob& job) {
  if (job.translation.job.quiet.value_or(false)) return;
  for (const auto* records : {&job.translation.records, &job.request.deviations}) {
    for (const dialect::Record& r : *records) {
      bool changes = r.effect == dialect::Effect::approximated && !r.quiet;
      bool is_given = r.origin.kind != dialect::OriginKind::dialect_default;
      // One machine: where tasks lie changes nothing.
      if (!changes || !is_given || r.text == "tasks") continue;
      fmt::print(stderr, "{}: warning: {}\n", call.name, sentence(r));
    }
  }
}

int64_t send_job(const Call& call, Session& session, const ForeignJob& job) {
  try {
    return send_foreign(session, job).jobs.at(0);
  } catch (const CommandError& error) {
    if (error.code == kUnreachable) {
      throw failure(call, fmt::format("Batch job submission failed: Unable to contact slurm "
                                      "controller (connect failure)\n{}: error: {}",
                                      call.name, error.what()));
    }
    throw failure(call, fmt::format("Batch job submission failed: {}\n{}: error: {}",
                                    original_refusal(error.what()), call.name, error.what()));
  }
}

}  // namespace pentad::cli::front::slurm
