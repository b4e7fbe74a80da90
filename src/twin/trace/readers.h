// The readers behind open_trace, one a format, each with the test that tells its files.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "twin/trace/trace.h"

namespace pentad::trace {

using ReaderResult = Result<std::unique_ptr<TraceReader>>;

// `bytes` are unpacked already. Errors: of the bytes, or invalid when the header is not understood.
ReaderResult read_swf(std::unique_ptr<ByteSource> bytes, const std::string& name, TraceOptions o);
ReaderResult read_openb(std::unique_ptr<ByteSource> bytes, const std::string& name, TraceOptions o);
ReaderResult read_history(std::unique_ptr<ByteSource> bytes, const std::string& name,
                          TraceOptions o);

// Whether a file that begins with these bytes is of the format.
bool looks_like_swf(std::string_view head);
bool looks_like_openb(std::string_view head);
bool looks_like_history(std::string_view head);

}  // namespace pentad::trace
