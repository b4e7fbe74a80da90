// Chunks, places and Torque's nodes: what PBS says in one resource of -l.
#include "dialect/actions.h"
#include "dialect/pbs.h"
#include "dialect/site_actions.h"

namespace pentad::dialect::pbs {

namespace {

// One key=value of a chunk; false after a refusal.
bool read_chunk_key(Target& t, std::string_view key, std::string_view value, Component& c) {
  if (apply_site_resource(t, c, key, value)) return true;
  auto number = [&](Given<int64_t>& field) {
    Result<int64_t> n = parse_whole(value);
    if (!n) return t.refuse(fmt::format("{}: {}", key, n.error().message)), false;
    field = {*n, t.origin};
    return true;
  };
  if (key == "ncpus") return number(c.cpus);
  if (key == "mpiprocs") return number(c.tasks_per_node);
  if (key == "ompthreads") return number(c.cpus_per_task);
  if (key == "ngpus") {
    Given<int64_t> count;
    if (!number(count)) return false;
    std::string type = c.gpus->empty() ? "" : c.gpus->front().type;
    c.gpus = {{{*count, Scope::node, std::move(type), "", false}}, t.origin};
    return true;
  }
  if (key == "gpu_type" || key == "gpu_model") {
    std::vector<Gpus>& gpus = t.change(c.gpus);
    if (gpus.empty()) gpus.push_back({1, Scope::node, "", "", false});
    gpus[0].type = value;
    return true;
  }
  if (key == "mem" || key == "vmem") {
    Result<Bytes> bytes = parse_pbs_size(value);
    if (!bytes) return t.refuse(fmt::format("{}: {}", key, bytes.error().message)), false;
    (key == "mem" ? c.memory : c.virtual_memory) = {{*bytes, Scope::node}, t.origin};
    return true;
  }
  if (key == "host" || key == "vnode") {
    c.hosts = {{std::string(value)}, t.origin};
    return true;
  }
  t.change(c.generic)[std::string(key)] = value;
  t.approximate(
      fmt::format("{}={} is a resource of the original's site, unknown here", key, value));
  return true;
}

bool read_chunk(Target& t, std::string_view text, Component& c) {
  std::vector<std::string_view> parts = split(text, ':');
  size_t first = 0;
  int64_t count = 1;
  if (parts[0].find('=') == parts[0].npos) {
    Result<int64_t> n = parse_positive(parts[0]);
    if (!n) return t.refuse(fmt::format("`{}` is not a number of chunks", parts[0])), false;
    count = *n;
    first = 1;
  }
  c.nodes = {{count, count}, t.origin};
  for (size_t i = first; i < parts.size(); ++i) {
    size_t equals = parts[i].find('=');
    if (equals == parts[i].npos || equals == 0 || equals + 1 == parts[i].size()) {
      return t.refuse(fmt::format("`{}` in a chunk is not name=value", parts[i])), false;
    }
    if (!read_chunk_key(t, parts[i].substr(0, equals), parts[i].substr(equals + 1), c)) {
      return false;
    }
  }
  return true;
}

void add_feature(Target& t, std::string_view feature, Component& c) {
  std::string& expression = t.change(c.constraint);
  if (!expression.empty()) expression += '&';
  expression += feature;
}

// 2:ppn=8:gpus=1:rhel7, or a host.
bool read_node_term(Target& t, std::string_view text, Component& c) {
  std::vector<std::string_view> parts = split(text, ':');
  Result<int64_t> count = parse_positive(parts[0]);
  if (count) {
    c.nodes = {{*count, *count}, t.origin};
  } else if (parts[0].empty() || (parts[0][0] >= '0' && parts[0][0] <= '9') ||
             parts[0].find('=') != parts[0].npos) {
    return t.refuse(fmt::format("`{}` is neither a number of nodes nor a host", parts[0])), false;
  } else {
    c.nodes = {{1, 1}, t.origin};
    c.hosts = {{std::string(parts[0])}, t.origin};
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    size_t equals = parts[i].find('=');
    std::string_view key = parts[i].substr(0, equals);
    if (equals == parts[i].npos) {
      if (key.empty()) return t.refuse("two colons without a word between"), false;
      bool mode = key == "exclusive_process" || key == "shared" || key == "default";
      if (mode && c.gpus) {
        c.gpus.value[0].mode = key;
      } else {
        add_feature(t, key, c);
      }
      continue;
    }
    Result<int64_t> n = parse_whole(parts[i].substr(equals + 1));
    if (!n) return t.refuse(fmt::format("{}: {}", key, n.error().message)), false;
    if (key == "ppn") {
      c.tasks_per_node = {*n, t.origin};
    } else if (key == "gpus" || key == "mics") {
      c.gpus = {{{*n, Scope::node, "", "", false}}, t.origin};
    } else {
      return t.refuse(fmt::format("`{}` is not known of nodes", key)), false;
    }
  }
  return true;
}

template <class ReadTerm>
void read_terms(Target& t, std::string_view value, ReadTerm read_term) {
  std::vector<Component> parts;
  std::vector<std::string_view> terms = split(value, '+');
  if (terms.size() > Target::kMostComponents) return t.refuse("so many parts are a mistake");
  for (std::string_view term : terms) {
    // What stands in other options (-l mem=, place=) belongs to the first.
    Component c = parts.empty() ? t.job.components.front() : Component{};
    if (!read_term(t, term, c)) return;
    parts.push_back(std::move(c));
  }
  for (size_t i = 1; i < parts.size(); ++i) parts[i].layout = parts[0].layout;
  t.job.components = std::move(parts);
}

}  // namespace

void select(Target& t, std::string_view value) { read_terms(t, value, read_chunk); }

void nodes(Target& t, std::string_view value) { read_terms(t, value, read_node_term); }

void place(Target& t, std::string_view value) {
  for (std::string_view word : split(value, ':')) {
    for (Component& c : t.job.components) {
      if (word == "free" || word == "pack" || word == "scatter" || word == "vscatter") {
        Layout layout = word == "free"   ? Layout::free
                        : word == "pack" ? Layout::pack
                                         : Layout::scatter;
        t.set(c.layout, layout);
      } else if (word == "excl" || word == "exclhost") {
        t.set(c.sharing, Sharing::whole_node);
      } else if (word == "shared") {
        t.set(c.sharing, Sharing::shared);
      } else if (word.starts_with("group=")) {
        t.approximate("grouping is left to the centre");
        break;
      } else {
        return t.refuse(fmt::format("`{}` is not known of places", word));
      }
    }
  }
}

}  // namespace pentad::dialect::pbs
