// What the options of Grid Engine's qsub do to the neutral job.
#pragma once

#include <string_view>

#include "dialect/actions.h"
#include "dialect/option.h"
#include "dialect/values.h"

namespace pentad::dialect::sge {

void name(Target& t, std::string_view value);
void resource_list(Target& t, std::string_view value);         // -l
void parallel_environment(Target& t, std::string_view value);  // -pe NAME n-m
void tasks(Target& t, std::string_view value);                 // -t n[-m[:s]]
void task_limit(Target& t, std::string_view value);            // -tc
void yes_no(Target& t, std::string_view value);                // checks it
Result<bool> parse_answer(std::string_view value);
void queues(Target& t, std::string_view value);            // -q
void check_when(Target& t, std::string_view value);        // -w
void reservation(Target& t, std::string_view value);       // -ar
void check_checkpoint(Target& t, std::string_view value);  // -c
void share(Target& t, std::string_view value);             // -js
void join(Target& t, std::string_view value);              // -j y
void mail_points(Target& t, std::string_view value);
void hold_jobs(Target& t, std::string_view value);
void hold_elements(Target& t, std::string_view value);
void priority(Target& t, std::string_view value);
void begin(Target& t, std::string_view value);
void take_memory(Target& t, std::string_view value, bool is_virtual);

Result<std::string> neutral_path(std::string_view path);

// Of a list, "host:path,...", the first.
template <auto Field>
void path(Target& t, std::string_view value) {
  size_t comma = value.find(',');
  if (comma != value.npos) t.approximate("the first path of the list is taken");
  bool of_host = value.substr(0, value.find('/')).find(':') > 0 &&
                 value.substr(0, value.find('/')).find(':') != value.npos;
  if (of_host && t.job.*Field) return t.approximate("the path of one host is left out");
  t.take(t.job.*Field, neutral_path(value.substr(0, comma)));
}
template <auto Field>
void answer(Target& t, std::string_view value) {
  t.take(t.job.*Field, parse_answer(value));
}
template <auto Field>
void text(Target& t, std::string_view value) {
  if (!value.empty()) return set_text<Field>(t, value);
  t.job.*Field = {};
  t.ignore("its value is empty: it counts as not given");
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
