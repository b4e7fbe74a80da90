// bjobs -o: whatever is written, every column has a name and a bounded width.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "cli/front/lsf/format.h"
#include "cli/table.h"

using namespace pentad::cli::front::lsf;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto format = read_format(text);
  if (!format) return 0;
  PENTAD_ASSERT(!format->columns.empty(), "a format without columns");
  for (const Column& column : format->columns) {
    size_t width = column.width > 0 ? column.width : 1;
    std::string name = pentad::cli::printable(column.field);
    for (bool keep_end : {false, true}) {
      size_t cells = pentad::cli::display_width(fitted(name, width, column.right, keep_end));
      PENTAD_ASSERT(cells == width, "a column of another width");
    }
  }
  return 0;
}
