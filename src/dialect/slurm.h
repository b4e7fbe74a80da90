// What the options of sbatch do to the neutral job.
#pragma once

#include <string>
#include <string_view>

#include "dialect/actions.h"
#include "dialect/option.h"
#include "dialect/values.h"

namespace pentad::dialect::slurm {

void time(Target& t, std::string_view value);
void time_min(Target& t, std::string_view value);
void nodes(Target& t, std::string_view value);
void ntasks(Target& t, std::string_view value);
void extra_node_info(Target& t, std::string_view value);
void tmp(Target& t, std::string_view value);
void gres(Target& t, std::string_view value);
void exclusive(Target& t, std::string_view value);
void licences(Target& t, std::string_view value);
void array(Target& t, std::string_view value);
void dependency(Target& t, std::string_view value);
void workdir(Target& t, std::string_view value);
void open_mode(Target& t, std::string_view value);
void export_environment(Target& t, std::string_view value);
void mail_type(Target& t, std::string_view value);
void signal(Target& t, std::string_view value);
void nice(Target& t, std::string_view value);
void priority(Target& t, std::string_view value);
void contiguous(Target& t, std::string_view value);
void zero_or_one(Target& t, std::string_view value);
void hint(Target& t, std::string_view value);
void switches(Target& t, std::string_view value);
void measuring(Target& t, std::string_view value);
void gpu_binding(Target& t, std::string_view value);
void distribution(Target& t, std::string_view value);
void profile(Target& t, std::string_view value);
void no_kill(Target& t, std::string_view value);
void propagate(Target& t, std::string_view value);
void whole_number(Target& t, std::string_view value);
void boot_delay(Target& t, std::string_view value);
void gres_flags(Target& t, std::string_view value);
void memory_binding(Target& t, std::string_view value);
void cpu_frequency(Target& t, std::string_view value);
// Why the options of a component cannot be together; empty when they can.
std::string contradiction(const Component& c);
void take_memory(Target& t, std::string_view value, Scope scope);
// "[TYPE:]N,..." of GPUs.
void take_gpus(Target& t, std::string_view value, Scope scope);

// Slurm's %j, %4a, ... as neutral tokens; a backslash turns them off.
std::string neutral_path(std::string_view pattern);
// "n[1-4,7],m2" between the commas that stand outside of brackets.
std::vector<std::string> split_hosts(std::string_view text);

template <Scope S>
void memory(Target& t, std::string_view value) {
  take_memory(t, value, S);
}
template <Scope S>
void gpus(Target& t, std::string_view value) {
  take_gpus(t, value, S);
}
template <auto Field>
void moment(Target& t, std::string_view value) {
  t.take(t.job.*Field, parse_slurm_moment(value));
}
// sbatch takes an empty value as if the option were not there: scripts made from templates do so.
template <class T>
bool is_empty(Target& t, Given<T>& field, std::string_view value) {
  if (!value.empty()) return false;
  field = {};
  t.ignore("its value is empty: it counts as not given");
  return true;
}
template <auto Field>
void text(Target& t, std::string_view value) {
  if (!is_empty(t, t.job.*Field, value)) set_text<Field>(t, value);
}
template <auto Field>
void part_text(Target& t, std::string_view value) {
  if (!is_empty(t, t.part().*Field, value)) set_part_text<Field>(t, value);
}
template <auto Field>
void list(Target& t, std::string_view value) {
  if (!is_empty(t, t.job.*Field, value)) set_list<Field>(t, value);
}
template <auto Field>
void path(Target& t, std::string_view value) {
  if (is_empty(t, t.job.*Field, value)) return;
  t.set(t.job.*Field, neutral_path(value));
}
template <auto Field>
void hosts(Target& t, std::string_view value) {
  if (is_empty(t, t.part().*Field, value)) return;
  std::vector<std::string> list = split_hosts(value);
  if (list.empty()) return t.refuse("it names no host");
  t.set(t.part().*Field, std::move(list));
}
template <Layout L>
void layout(Target& t, std::string_view) {
  t.set(t.part().layout, L);
}

}  // namespace pentad::dialect::slurm
