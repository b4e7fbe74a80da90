// An option of a dialect is one row of a table: the reader, the documentation and the help are made
// from it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialect/job.h"
#include "dialect/site.h"

namespace pentad::dialect {

class Target;
using Apply = void (*)(Target&, std::string_view value);

enum class Argument { none, required, optional, two };  // two: "-pe NAME n"
// parts: its value is a list, each part of which is looked up in a table of its own.
enum class Repeat { last_wins, adds, parts };

struct Option {
  std::string_view spellings;  // "--job-name -J"; the first is the name in documents
  Argument argument = Argument::none;
  std::string_view form;     // of the argument, for people
  std::string_view meaning;  // a short phrase
  Effect effect = Effect::exact;
  std::string_view reason;  // why it is not exact
  Apply apply = nullptr;    // null: nothing to do but record it
  Repeat repeat = Repeat::last_wins;
};

// Whether `word` is one of the spellings.
bool is_spelled(const Option& option, std::string_view word);
// The row of `word`; null if none.
const Option* find_option(std::span<const Option> table, std::string_view word);
// The spelling nearest to `word` by edits; empty when nothing is near.
std::string nearest_spelling(std::span<const Option> table, std::string_view word);

// One option being carried out: the job, where the option stands, and what becomes of it.
class Target {
 public:
  // Beyond these a script is refused: it would only use up time and memory.
  static constexpr size_t kMostRecords = 5000;
  static constexpr size_t kMostComponents = 1000;

  Target(Job& job, Dialect dialect, const SiteProfile& site, std::vector<Record>& records)
      : job(job), dialect(dialect), site(site), records_(records) {}

  Job& job;
  const Dialect dialect;
  const SiteProfile& site;
  Origin origin;
  bool is_wish = false;  // Grid Engine: behind -soft

  // The component that options of nodes and cores are about: Slurm's present one, else the first.
  Component& part() {
    return dialect == Dialect::slurm ? job.components.back() : job.components.front();
  }

  template <class T>
  void set(Given<T>& field, T value) {
    field = {std::move(value), origin};
  }
  // For what accumulates: the value to change.
  template <class T>
  T& change(Given<T>& field) {
    field.origin = origin;
    return field.value;
  }
  // False after a refusal with the error's message.
  template <class T>
  bool take(Given<T>& field, Result<T> value) {
    if (!value) return refuse(value.error().message), false;
    set(field, std::move(*value));
    return true;
  }

  void refuse(std::string reason) { worsen(Effect::refused, std::move(reason)); }
  void ignore(std::string reason) { worsen(Effect::ignored, std::move(reason)); }
  void approximate(std::string reason) { worsen(Effect::approximated, std::move(reason)); }

  // Carries `option` out, as the site's policy for it allows, and records it under `text`.
  void carry_out(const Option& option, std::string_view value, std::string text);
  // For what is carried out without an option: what is refused, ignored or approximated between
  // the two becomes the record `text`.
  void begin();
  void end(std::string text);
  bool is_full() const { return records_.size() > kMostRecords; }
  // A record without an option.
  void record(std::string text, Effect effect, std::string reason);
  // Looks up one part of a list, such as `walltime=10` of -l, and carries it out. False: unknown.
  bool carry_out_part(std::span<const Option> table, std::string_view name, std::string_view value,
                      std::string text);

 private:
  void worsen(Effect effect, std::string reason);
  const OptionPolicy* policy_of(const Option& option, std::string_view text) const;
  // True when the policy leaves nothing to carry out.
  bool decide(const OptionPolicy& policy, const Option& option, const std::string& text);
  void repeat(const Option& option);

  struct Seen {
    const Option* option;
    size_t component;
    size_t record;
  };
  std::vector<Record>& records_;
  std::vector<Seen> seen_;
  Effect effect_ = Effect::exact;
  std::string reason_;
};

}  // namespace pentad::dialect
