// What the tests of this folder share: packing, whole readings, the files of PENTAD_DATA.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "twin/trace/trace.h"

namespace pentad::trace {

std::string gzip(const std::string& text);

struct Reading {
  std::vector<TraceJob> jobs;
  TraceHeader header;
  TraceCounts counts;
  std::vector<BadLine> bad_lines;
  std::optional<Error> error;  // of opening or reading
};

Reading read_all(Result<std::unique_ptr<TraceReader>> trace);
Reading read_text(const std::string& text, const std::string& name = "test.swf",
                  TraceOptions options = {});

// Bytes in pieces of `step`, as a slow pipe gives them.
std::unique_ptr<ByteSource> in_pieces(std::string text, size_t step);

// Folder with the real traces; empty, after saying so, when there is none.
std::string real_traces();

}  // namespace pentad::trace
