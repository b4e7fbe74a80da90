// Lines of #SBATCH, being written.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "dialect/job.h"

namespace pentad::dialect {

class SlurmLines {
 public:
  explicit SlurmLines(Dialect from) : from_(from) {}

  std::string take() { return std::move(out_); }
  Dialect from() const { return from_; }

  // In quotes: there is no escape, so a value with both kinds cannot be said.
  void say(std::string_view option, std::string_view value) {
    bool single = value.find('"') != value.npos;
    if (value.find_first_of("\\\n") != value.npos || (single && value.find('\'') != value.npos)) {
      return cannot(fmt::format("{}: both kinds of quotes, or a backslash", option));
    }
    char quote = single ? '\'' : '"';
    out_ += fmt::format("#SBATCH --{}={}{}{}\n", option, quote, value, quote);
  }
  void flag(std::string_view option) { out_ += fmt::format("#SBATCH --{}\n", option); }
  void cannot(std::string_view what) { out_ += fmt::format("# not said to sbatch: {}\n", what); }
  void next_component() { out_ += "#SBATCH hetjob\n"; }

  // Whether a value has to be written: Slurm's own defaults need not be.
  template <class T>
  bool is_said(const Given<T>& v) const {
    return v.origin.kind >=
           (from_ == Dialect::slurm ? OriginKind::site_default : OriginKind::dialect_default);
  }
  void text(std::string_view option, const Given<std::string>& v) {
    if (is_said(v)) say(option, *v);
  }
  void number(std::string_view option, const Given<int64_t>& v) {
    if (is_said(v)) say(option, std::to_string(*v));
  }
  void list(std::string_view option, const Given<Texts>& v) {
    if (is_said(v) && !v->empty()) say(option, fmt::format("{}", fmt::join(*v, ",")));
  }
  void flag_if(std::string_view option, const Given<bool>& v) {
    if (is_said(v) && *v) flag(option);
  }
  template <class T>
  void cannot_if(std::string_view what, const Given<T>& v) {
    if (is_said(v)) cannot(what);
  }

 private:
  Dialect from_;
  std::string out_;
};

// What is asked of nodes, of one component.
void write_component(const Component& c, SlurmLines& w);

}  // namespace pentad::dialect
