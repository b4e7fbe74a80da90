#include "twin/trace/swf_header.h"

#include <fmt/format.h>

#include <string>

#include "twin/trace/line_trace.h"

namespace pentad::trace {

namespace {

constexpr size_t kMaxNotes = 100;
constexpr size_t kMaxNames = 10'000;
constexpr size_t kMaxTextBytes = 1000;

std::string_view trimmed(std::string_view text) {
  size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The number at the start of `text`, 0 when there is none.
int64_t leading_number(std::string_view text) {
  Number n;
  return parse_number(text.substr(0, text.find_first_of(" \t,;(")), n) ? n.whole : 0;
}

void set_text(std::string& out, std::string_view value) {
  if (out.size() + value.size() > kMaxTextBytes) return;
  out += (out.empty() ? "" : "; ") + std::string(value);
}

// "3 gpu.example.org": the name of queue or partition 3.
void add_name(std::map<int64_t, std::string>& names, std::string_view value) {
  size_t gap = value.find_first_of(" \t");
  Number n;
  if (gap == std::string_view::npos || names.size() >= kMaxNames) return;
  if (!parse_number(value.substr(0, gap), n)) return;
  names[n.whole] = trimmed(value.substr(gap)).substr(0, kMaxTextBytes);
}

bool take_number(std::string_view key, std::string_view value, TraceHeader& header) {
  if (key == "MaxNodes") {
    header.max_nodes = leading_number(value);
  } else if (key == "MaxProcs") {
    header.max_cores = leading_number(value);
  } else if (key == "MaxJobs") {
    header.max_jobs = leading_number(value);
  } else if (key == "UnixStartTime") {
    int64_t start_s = leading_number(value);
    if (start_s > 0 && start_s <= kMaxSeconds) header.start = Time{start_s * 1000};
  } else if (key == "TimeZone") {
    int64_t offset_s = leading_number(value);
    if (offset_s >= -86400 && offset_s <= 86400) header.utc_offset = seconds(offset_s);
  } else {
    return false;
  }
  return true;
}

bool take_text(std::string_view key, std::string_view value, TraceHeader& header) {
  if (key == "TimeZoneString") {
    set_text(header.time_zone, value);
  } else if (key == "Computer") {
    set_text(header.computer, value);
  } else if (key == "Installation") {
    set_text(header.installation, value);
  } else if (key == "Acknowledge") {
    set_text(header.acknowledge, value);
  } else if (key == "Queue") {
    add_name(header.queue_names, value);
  } else if (key == "Partition") {
    add_name(header.partition_names, value);
  } else {
    return false;
  }
  return true;
}

}  // namespace

void take_swf_comment(std::string_view line, TraceHeader& header) {
  std::string_view text = trimmed(line.substr(1));
  if (text.empty()) return;
  size_t colon = text.find(':');
  std::string_view key = trimmed(text.substr(0, colon));
  std::string_view value = colon == std::string_view::npos ? "" : trimmed(text.substr(colon + 1));
  if (take_number(key, value, header) || take_text(key, value, header)) return;
  if (key == "Note") text = value;
  if (!text.empty() && header.notes.size() < kMaxNotes) {
    header.notes.emplace_back(text.substr(0, kMaxTextBytes));
  }
}

}  // namespace pentad::trace
