// What the options of LSF's bsub do to the neutral job.
#pragma once

#include <string>
#include <string_view>

#include "dialect/option.h"
#include "dialect/values.h"

namespace pentad::dialect::lsf {

void name(Target& t, std::string_view value);               // -J name[1-10:2]%3
void slots(Target& t, std::string_view value);              // -n min[,max]
void requirements(Target& t, std::string_view value);       // -R "span[...] rusage[...]"
void walltime(Target& t, std::string_view value);           // -W [h:]m
void memory_limit(Target& t, std::string_view value);       // -M
void gpu(Target& t, std::string_view value);                // -gpu "num=2:mode=..."
void dependency(Target& t, std::string_view value);         // -w "done(1) && exit(2)"
void hosts(Target& t, std::string_view value);              // -m "a b+2 !others"
void environment(Target& t, std::string_view value);        // -env "none, A=1, ~B"
void whole_nodes(Target& t, std::string_view value);        // -nnodes
void exit_codes(Target& t, std::string_view value);         // -Q "1 2 EXCLUDE(3)"
void before_end_signal(Target& t, std::string_view value);  // -wa
void before_end_time(Target& t, std::string_view value);    // -wt, minutes

// %J, %I and %U as neutral tokens.
std::string neutral_path(std::string_view path);

template <auto Field, OpenMode Mode>
void path(Target& t, std::string_view value) {
  if (value.empty()) return t.refuse("it names no file");
  t.set(t.job.*Field, neutral_path(value));
  t.set(t.job.open_mode, Mode);
}
template <auto Field>
void moment(Target& t, std::string_view value) {
  t.take(t.job.*Field, parse_lsf_moment(value));
}

}  // namespace pentad::dialect::lsf
