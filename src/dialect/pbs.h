// What the options of PBS' qsub (PBS Pro, OpenPBS, Torque) do to the neutral job.
#pragma once

#include <string>
#include <string_view>

#include "dialect/option.h"
#include "dialect/values.h"

namespace pentad::dialect::pbs {

void resource_list(Target& t, std::string_view value);   // -l
void attribute_list(Target& t, std::string_view value);  // -W
void destination(Target& t, std::string_view value);     // -q queue@server
void join(Target& t, std::string_view value);            // oe, eo, n
void mail_points(Target& t, std::string_view value);     // abe, n
void array(Target& t, std::string_view value);           // -J X-Y[:Z][%N], -t 1,3-5%N
void priority(Target& t, std::string_view value);
void begin(Target& t, std::string_view value);
void shell(Target& t, std::string_view value);
void workdir(Target& t, std::string_view value);
void script_args(Target& t, std::string_view value);  // Torque -F
void hold(Target& t, std::string_view value);

void select(Target& t, std::string_view value);
void place(Target& t, std::string_view value);
void nodes(Target& t, std::string_view value);  // Torque: nodes=2:ppn=8+...
void dependency(Target& t, std::string_view value);
void take_memory(Target& t, std::string_view value, Scope scope, bool is_virtual);

// [host:]path with $PBS_JOBID and ^array_index^ as neutral tokens.
Result<std::string> neutral_path(std::string_view path);
// Lists of PBS: commas outside of quotes.
std::vector<std::string> split_list(std::string_view text);

template <auto Field>
void path(Target& t, std::string_view value) {
  t.take(t.job.*Field, neutral_path(value));
}
template <auto Field>
void time(Target& t, std::string_view value) {
  t.take(t.job.*Field, parse_clock_time(value, false));
}
template <Scope S, bool IsVirtual>
void memory(Target& t, std::string_view value) {
  take_memory(t, value, S, IsVirtual);
}

}  // namespace pentad::dialect::pbs
