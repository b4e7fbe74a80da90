// What the options of Grid Engine's qsub do to the neutral job.
#pragma once

#include <string_view>

#include "dialect/option.h"
#include "dialect/values.h"

namespace pentad::dialect::sge {

void name(Target& t, std::string_view value);
void resource_list(Target& t, std::string_view value);         // -l
void parallel_environment(Target& t, std::string_view value);  // -pe NAME n-m
void tasks(Target& t, std::string_view value);                 // -t n[-m[:s]]
void task_limit(Target& t, std::string_view value);            // -tc
void join(Target& t, std::string_view value);                  // -j y
void mail_points(Target& t, std::string_view value);
void hold_jobs(Target& t, std::string_view value);
void hold_elements(Target& t, std::string_view value);
void priority(Target& t, std::string_view value);
void begin(Target& t, std::string_view value);
void take_memory(Target& t, std::string_view value, bool is_virtual);

Result<std::string> neutral_path(std::string_view path);

template <auto Field>
void path(Target& t, std::string_view value) {
  t.take(t.job.*Field, neutral_path(value));
}
template <auto Field>
void time(Target& t, std::string_view value) {
  t.take(t.job.*Field, parse_clock_time(value, true));
}
template <bool IsVirtual>
void memory(Target& t, std::string_view value) {
  take_memory(t, value, IsVirtual);
}

}  // namespace pentad::dialect::sge
