// Which format a file is of.
#include <fmt/format.h>

#include "twin/trace/readers.h"

namespace pentad::trace {

namespace {
constexpr size_t kHeadBytes = 16 * 1024;

bool is_named(std::string_view name, std::string_view ending) {
  if (name.ends_with(".gz")) name.remove_suffix(3);
  return name.ends_with(ending);
}
}  // namespace

Result<std::unique_ptr<TraceReader>> open_trace(std::unique_ptr<ByteSource> bytes,
                                                const std::string& name, TraceOptions options) {
  auto located = [&](Error error) {
    if (error.path.empty()) error.path = name;
    return tl::unexpected(std::move(error));
  };
  auto unpacked = unpack(std::move(bytes));
  if (!unpacked) return located(unpacked.error());
  auto head = peek(*unpacked, kHeadBytes);
  if (!head) return located(head.error());
  if (head->empty()) return located({ErrorCode::invalid, "the trace is empty", {}});
  if (looks_like_history(*head)) return read_history(std::move(*unpacked), name, options);
  if (looks_like_openb(*head)) return read_openb(std::move(*unpacked), name, options);
  if (looks_like_swf(*head) || is_named(name, ".swf")) {
    return read_swf(std::move(*unpacked), name, options);
  }
  if (head->starts_with("sn,cpu_milli,")) {
    return located({ErrorCode::invalid, "an openb node list: a machine, not a trace of jobs", {}});
  }
  return located({ErrorCode::invalid,
                  "neither Standard Workload Format (.swf), nor an openb pod list (.csv), nor "
                  "Pentad's own history",
                  {}});
}

Result<std::unique_ptr<TraceReader>> open_trace(const std::string& path, TraceOptions options) {
  auto file = open_file(path);
  if (!file) return tl::unexpected(file.error());
  return open_trace(std::move(*file), path, options);
}

}  // namespace pentad::trace
