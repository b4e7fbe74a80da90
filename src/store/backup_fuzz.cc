// A backup may come from anywhere: as a file, and behind the digest that stops almost all of that,
// as its lines. Rows that can be read are written the same again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "store/backup_format.h"

using namespace pentad;
using namespace pentad::store;

namespace {

BackupSink rewriting(std::string& out) {
  BackupSink sink;
  sink.header = [&](const BackupHeader& header) -> Status {
    out += header_line(header);
    return {};
  };
  sink.table = [&](const BackupTable& table) -> Status {
    out += table_line(table);
    return {};
  };
  sink.row = [&](std::vector<BackupValue>& row) -> Status {
    append_row_line(out, row);
    return {};
  };
  return sink;
}

// In pieces of `step` bytes; what was understood, as it would be written.
bool parse(std::string_view text, size_t step, std::string& out) {
  BackupParser parser(rewriting(out));
  for (size_t at = 0; at < text.size(); at += step) {
    if (!parser.feed(text.substr(at, step))) return false;
  }
  return parser.finish().has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ReadAt read = [&](int64_t offset, char* into, size_t bytes) -> Result<size_t> {
    const size_t n = std::min(bytes, size - std::min(size, static_cast<size_t>(offset)));
    if (n > 0) std::memcpy(into, data + offset, n);
    return n;
  };
  std::string unpacked;
  (void)check_backup_digest(read, static_cast<int64_t>(size));
  (void)read_backup(read, static_cast<int64_t>(size), rewriting(unpacked));

  std::string once, again, in_pieces;
  const bool good = parse(text, std::max<size_t>(size, 1), once);
  PENTAD_ASSERT(parse(text, 3, in_pieces) == good, "where a piece ends makes no difference");
  if (!good) return 0;
  PENTAD_ASSERT(once == in_pieces, "where a piece ends makes no difference");
  std::string_view last = text.substr(0, text.size() - 1);
  last.remove_prefix(last.rfind('\n') + 1);
  const bool same = parse(once + std::string(last) + "\n", 64, again);
  PENTAD_ASSERT(same && again == once, "what was read is written the same again");
  return 0;
}
