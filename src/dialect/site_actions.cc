#include "dialect/site_actions.h"

#include <fmt/format.h>

#include "dialect/actions.h"
#include "dialect/values.h"

namespace pentad::dialect {

namespace {

bool is_pbs(const Target& t) {
  return t.dialect == Dialect::pbspro || t.dialect == Dialect::torque;
}

Result<Bytes> size_of(const Target& t, std::string_view value) {
  if (t.dialect == Dialect::slurm) return parse_slurm_size(value);
  if (is_pbs(t)) return parse_pbs_size(value);
  if (t.dialect == Dialect::lsf) return parse_lsf_size(value, t.site.lsf_memory_unit_bytes);
  return parse_sge_size(value);
}

Result<TimeSpan> time_of(const Target& t, std::string_view value) {
  if (t.dialect == Dialect::slurm) return parse_slurm_time(value);
  if (t.dialect == Dialect::lsf) return parse_lsf_time(value);
  return parse_clock_time(value, t.dialect == Dialect::sge);
}

Scope memory_scope(const Target& t) {
  if (t.dialect == Dialect::sge) return Scope::slot;
  if (t.dialect == Dialect::lsf) return t.site.lsf_memory_per_slot ? Scope::slot : Scope::node;
  return is_pbs(t) && t.job.components.size() == 1 && !t.job.components[0].nodes ? Scope::job
                                                                                 : Scope::node;
}

// A count; a bare name or a truth is one. -1: false, nothing is wanted.
Result<int64_t> count_of(std::string_view value) {
  if (value.empty()) return 1;
  Result<bool> truth = parse_yes_no(value);
  bool is_word = truth && (value[0] < '0' || value[0] > '9');
  if (is_word) return *truth ? 1 : -1;
  return parse_whole(value);
}

void set_size(Target& t, Given<Memory>& field, std::string_view value) {
  Result<Bytes> bytes = size_of(t, value);
  if (!bytes) return t.refuse(bytes.error().message);
  t.set(field, Memory{*bytes, memory_scope(t)});
}

void set_gpus(Target& t, Component& part, int64_t count) {
  std::string type = part.gpus && !part.gpus->empty() ? part.gpus->front().type : "";
  t.set(part.gpus, std::vector<Gpus>{{count, Scope::node, std::move(type), "", false}});
}

void add_feature(Target& t, Component& part, const ResourceRule& rule, std::string_view name,
                 std::string_view value) {
  Result<bool> truth = value.empty() ? Result<bool>(true) : parse_yes_no(value);
  if (truth && !*truth) return t.ignore("nodes without a feature cannot be asked for");
  std::string& all = t.change(part.constraint);
  if (!all.empty()) all += '&';
  all += !rule.name.empty() ? std::string_view(rule.name) : truth ? name : value;
}

void apply_counted(Target& t, Component& part, const ResourceRule& rule, std::string_view name,
                   std::string_view value) {
  Result<int64_t> count = count_of(value);
  if (!count) return t.refuse(count.error().message);
  if (*count <= 0) return t.ignore("none is asked for");
  switch (rule.meaning) {
    case ResourceMeaning::cores:
      return t.set(is_pbs(t) ? part.cpus : part.cpus_per_task, *count);
    case ResourceMeaning::gpus:
      return set_gpus(t, part, *count);
    case ResourceMeaning::whole_node:
      return t.set(part.sharing, Sharing::whole_node);
    default:
      break;
  }
  if (*count > 1'000'000) return t.refuse("so many licences are a mistake");
  LicenceRequest licence{rule.name.empty() ? std::string(name) : rule.name,
                         static_cast<int32_t>(*count)};
  t.change(t.job.licences).push_back(std::move(licence));
}

}  // namespace

bool apply_site_resource(Target& t, Component& part, std::string_view name,
                         std::string_view value) {
  auto found = t.site.resources.find(name);
  if (found == t.site.resources.end()) return false;
  const ResourceRule& rule = found->second;
  switch (rule.meaning) {
    case ResourceMeaning::memory:
      set_size(t, part.memory, value);
      break;
    case ResourceMeaning::address_space:
      set_size(t, part.virtual_memory, value);
      break;
    case ResourceMeaning::local_disk:
      set_size(t, part.local_disk, value);
      break;
    case ResourceMeaning::walltime:
      t.take(t.job.walltime, time_of(t, value));
      break;
    case ResourceMeaning::cores:
    case ResourceMeaning::gpus:
    case ResourceMeaning::licence:
    case ResourceMeaning::whole_node:
      apply_counted(t, part, rule, name, value);
      break;
    case ResourceMeaning::gpu_model: {
      std::vector<Gpus>& gpus = t.change(part.gpus);
      if (gpus.empty()) gpus.push_back({1, Scope::node, "", "", false});
      gpus[0].type = rule.name.empty() ? std::string(value) : rule.name;
      break;
    }
    case ResourceMeaning::feature:
      add_feature(t, part, rule, name, value);
      break;
    case ResourceMeaning::host:
      t.set(part.hosts, Texts{std::string(value)});
      break;
    case ResourceMeaning::ignore:
      t.ignore(fmt::format("{}: the site's profile leaves it out", name));
      break;
    case ResourceMeaning::refuse:
      t.refuse(fmt::format("{}: the site's profile refuses it", name));
      break;
  }
  return true;
}

bool carry_out_site_resource(Target& t, std::string_view name, std::string_view value,
                             std::string text) {
  if (!t.site.resources.contains(name)) return false;
  t.begin();
  apply_site_resource(t, t.part(), name, value);
  t.end(std::move(text));
  return true;
}

}  // namespace pentad::dialect
