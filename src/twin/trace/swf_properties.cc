#include "twin/trace/swf_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/reflect_traits.h"
#include "twin/trace/line_trace.h"

namespace pentad::trace {

namespace {

// Calls `take` with each part of `text` between separators; stops at the first complaint.
template <class Take>
std::string for_each_part(std::string_view text, char separator, const Take& take) {
  while (true) {
    size_t end = text.find(separator);
    std::string complaint = take(text.substr(0, end));
    if (!complaint.empty() || end == std::string_view::npos) return complaint;
    text.remove_prefix(end + 1);
  }
}

bool parse_count(std::string_view text, int64_t max, int64_t& out) {
  Number n;
  if (!parse_number(text, n) || n.has_fraction || n.whole < 0 || n.whole > max) return false;
  out = n.whole;
  return true;
}

void add_once(std::vector<std::string>& list, std::string word) {
  if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(std::move(word));
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for_each_part(text, '|', [&](std::string_view word) {
    if (!word.empty()) out.push_back(decode_word(word));
    return std::string();
  });
  return out;
}

// 3gb, 512mb, 100kb, 7b.
bool parse_memory(std::string_view text, Bytes& out) {
  size_t digits = text.find_first_not_of("0123456789");
  std::string_view unit = digits == std::string_view::npos ? "b" : text.substr(digits);
  int64_t n = 0;
  if (!parse_count(text.substr(0, digits), kMaxMemoryBytes, n)) return false;
  int shift = unit == "b" ? 0 : unit == "kb" ? 10 : unit == "mb" ? 20 : unit == "gb" ? 30 : -1;
  if (shift < 0 || n > (kMaxMemoryBytes >> shift)) return false;
  out = Bytes{n << shift};
  return true;
}

template <class E>
bool set_enum(std::string_view text, std::optional<E>& out) {
  out = enum_from_name<E>(text);
  return out.has_value();
}

enum class Known { no, yes, wrong };

Known known(bool is_right) { return is_right ? Known::yes : Known::wrong; }

// The properties that Pentad adds to those of the MetaCentrum.
Known take_own(std::string_view key, std::string_view value, TraceJob& job) {
  int64_t n = 0;
  if (key == "gpus") {
    if (!parse_count(value, kMaxDevicesPerNode, n)) return Known::wrong;
    job.devices_per_node = static_cast<int32_t>(n);
  } else if (key == "share") {
    if (!parse_count(value, 1000, n) || n == 0) return Known::wrong;
    job.device_share_milli = static_cast<int32_t>(n);
  } else if (key == "memscope") {
    std::optional<MemoryScope> scope;
    if (!set_enum(value, scope)) return Known::wrong;
    job.memory_scope = *scope;
  } else if (key == "priority") {
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), job.priority);
    return known(error == std::errc() && end == value.data() + value.size());
  } else if (key == "kind") {
    return known(set_enum(value, job.device_kind));
  } else if (key == "class") {
    return known(set_enum(value, job.workload_class));
  } else if (key == "precision") {
    return known(set_enum(value, job.precision));
  } else if (key == "wish") {
    return known(set_enum(value, job.wish));
  } else if (key == "model") {
    job.device_models = words_of(value);
  } else if (key == "pool") {
    job.pools = words_of(value);
  } else if (key == "qos") {
    job.qos = decode_word(value);
  } else if (key == "name") {
    job.name = decode_word(value);
  } else {
    return Known::no;
  }
  return Known::yes;
}

struct Part {
  int64_t count = 1;
  int64_t cores = 1;
};

std::string take_property(std::string_view text, Part& part, TraceJob& job, PropertyNotes& notes) {
  auto wrong = [&] { return fmt::format("{} is not understood", quoted(text)); };
  if (text.empty()) return {};
  if (text[0] == '^') {
    add_once(job.not_features, decode_word(text.substr(1)));
    return {};
  }
  size_t equals = text.find('=');
  std::string_view key = text.substr(0, equals);
  std::string_view value = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  if (equals == std::string_view::npos) {
    add_once(job.features, decode_word(text));
  } else if (key == "ppn") {
    Number n;
    if (!parse_number(value, n) || n.whole < 0 || n.whole > kMaxCores) return wrong();
    part.cores = n.whole + (n.thousandths > 0 ? 1 : 0);
    notes.is_rounded_up |= n.thousandths > 0;
  } else if (key == "mem") {
    if (!parse_memory(value, job.memory)) return wrong();
  } else if (key == "host") {
    add_once(job.features, decode_word(value));
  } else {
    Known what = take_own(key, value, job);
    if (what == Known::wrong) return wrong();
    if (what == Known::no) add_once(job.features, decode_word(text));
  }
  return {};
}

std::string take_part(std::string_view text, Part& part, TraceJob& job, PropertyNotes& notes) {
  bool is_first = true;
  return for_each_part(text, ':', [&](std::string_view property) -> std::string {
    bool may_count = std::exchange(is_first, false);
    bool is_number = property.find_first_not_of("0123456789") == std::string_view::npos;
    if (!may_count || property.empty() || !is_number) {
      return take_property(property, part, job, notes);
    }
    if (parse_count(property, kMaxCores, part.count)) return {};
    return fmt::format("{} nodes are too many", quoted(property));
  });
}

void clear(TraceJob& job) {
  job.name.clear();
  job.qos.clear();
  job.priority = 0;
  job.nodes = job.cores_per_node = 0;
  job.memory_scope = MemoryScope::per_node;
  job.devices_per_node = 0;
  job.device_share_milli = 1000;
  job.device_kind.reset();
  job.workload_class.reset();
  job.precision.reset();
  job.wish.reset();
  job.exclusive = false;
  for (auto* list : {&job.device_models, &job.pools, &job.features, &job.not_features})
    list->clear();
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : "|") + encode_word(word);
  return out;
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '.' || c == '-' || c == '/' || c == '@';
}

}  // namespace

std::string encode_word(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (is_plain(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string decode_word(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr ==
            text.data() + i + 3) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string parse_properties(std::string_view text, TraceJob& job, PropertyNotes& notes) {
  clear(job);
  if (text == "-1") return {};
  size_t hash = text.find('#');
  std::string_view flags = hash == std::string_view::npos ? "" : text.substr(hash + 1);
  std::string complaint = for_each_part(flags, '#', [&](std::string_view flag) -> std::string {
    if (flag == "excl") job.exclusive = true;
    if (flag == "excl" || flag == "shared" || flag.empty()) return {};
    return fmt::format("{} is not understood", quoted(flag));
  });
  if (!complaint.empty()) return complaint;
  int64_t nodes = 0, most = 0, parts = 0;
  complaint = for_each_part(text.substr(0, hash), '+', [&](std::string_view one) -> std::string {
    Part part;
    if (std::string wrong = take_part(one, part, job, notes); !wrong.empty()) return wrong;
    notes.is_uneven |= parts++ > 0 && part.cores != most;
    nodes += part.count;
    most = std::max(most, part.cores);
    return nodes > kMaxCores ? "too many nodes" : "";
  });
  if (!complaint.empty() || nodes == 0) return complaint;
  if (nodes * most > kMaxCores) return "too many cores";
  job.nodes = static_cast<int32_t>(nodes);
  job.cores_per_node = static_cast<int32_t>(most);
  return {};
}

std::string parse_allocation(std::string_view text, TraceJob& job) {
  job.allocation.clear();
  if (text == "-1") return {};
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return "expected {ids}";
  text = text.substr(1, text.size() - 2);
  if (text.empty()) return {};
  std::string_view last;
  return for_each_part(text, ',', [&](std::string_view id) -> std::string {
    if (id.empty() || id[0] == '*') return "an id is empty";
    if (id == last && job.allocation.back().cores < kMaxCores) {
      ++job.allocation.back().cores;
      return {};
    }
    size_t star = id.find('*');
    last = star == std::string_view::npos ? id : "";
    int64_t cores = 1;
    if (star != std::string_view::npos &&
        (!parse_count(id.substr(star + 1), kMaxCores, cores) || cores == 0)) {
      return fmt::format("{} is not understood", quoted(id));
    }
    job.allocation.push_back({decode_word(id.substr(0, star)), static_cast<int32_t>(cores)});
    return {};
  });
}

std::string properties_text(const TraceJob& job) {
  std::string out = std::to_string(job.nodes);
  auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) out += fmt::format(":{}={}", key, value);
  };
  if (job.nodes > 0) add("ppn", std::to_string(job.cores_per_node));
  for (const std::string& feature : job.features) out += ":" + encode_word(feature);
  for (const std::string& feature : job.not_features) out += ":^" + encode_word(feature);
  if (job.devices_per_node > 0) add("gpus", std::to_string(job.devices_per_node));
  if (job.device_share_milli != 1000) add("share", std::to_string(job.device_share_milli));
  if (job.memory_scope != MemoryScope::per_node) {
    add("memscope", std::string(enum_name(job.memory_scope)));
  }
  if (job.device_kind) add("kind", std::string(enum_name(*job.device_kind)));
  add("model", joined(job.device_models));
  add("pool", joined(job.pools));
  add("qos", encode_word(job.qos));
  add("name", encode_word(job.name));
  if (job.priority != 0) add("priority", std::to_string(job.priority));
  if (job.workload_class) add("class", std::string(enum_name(*job.workload_class)));
  if (job.precision) add("precision", std::string(enum_name(*job.precision)));
  if (job.wish) add("wish", std::string(enum_name(*job.wish)));
  return out + (job.exclusive ? "#excl" : "");
}

std::string allocation_text(const TraceJob& job) {
  constexpr int64_t kRepeated = 4096;  // beyond it a count: id*N
  if (job.allocation.empty()) return "-1";
  int64_t cores = 0;
  for (const RecordedShare& share : job.allocation) cores += share.cores;
  std::string out;
  for (const RecordedShare& share : job.allocation) {
    std::string id = encode_word(share.node);
    int32_t times = share.cores;
    if (cores > kRepeated) {
      id += fmt::format("*{}", share.cores);
      times = 1;
    }
    for (int32_t i = 0; i < times; ++i) out += (out.empty() ? "{" : ",") + id;
  }
  return out + "}";
}

}  // namespace pentad::trace
