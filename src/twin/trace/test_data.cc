#include "twin/trace/test_data.h"

#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/assert.h"

namespace pentad::trace {

std::string gzip(const std::string& text) {
  z_stream stream = {};
  int code = deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  PENTAD_ASSERT(code == Z_OK, "zlib");
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  std::string in = text;  // zlib wants to be able to write
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  code = deflate(&stream, Z_FINISH);
  PENTAD_ASSERT(code == Z_STREAM_END, "zlib");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Reading read_all(Result<std::unique_ptr<TraceReader>> trace) {
  Reading out;
  if (!trace) {
    out.error = trace.error();
    return out;
  }
  TraceJob job;
  while (true) {
    auto more = (*trace)->read(job);
    if (!more) out.error = more.error();
    if (!more || !*more) break;
    out.jobs.push_back(job);
  }
  out.header = (*trace)->header();
  out.counts = (*trace)->counts();
  out.bad_lines = (*trace)->bad_lines();
  return out;
}

Reading read_text(const std::string& text, const std::string& name, TraceOptions options) {
  return read_all(open_trace(from_text(text), name, options));
}

namespace {

class Pieces : public ByteSource {
 public:
  Pieces(std::string text, size_t step) : text_(std::move(text)), step_(step) {}
  Result<size_t> read(char* to, size_t size) override {
    size_t n = std::min({size, step_, text_.size() - pos_});
    std::copy_n(text_.data() + pos_, n, to);
    pos_ += n;
    return n;
  }

 private:
  std::string text_;
  size_t step_;
  size_t pos_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> in_pieces(std::string text, size_t step) {
  return std::make_unique<Pieces>(std::move(text), step);
}

std::string real_traces() {
  const char* given = std::getenv("PENTAD_DATA");
  std::filesystem::path folder =
      given ? given : std::filesystem::path(PENTAD_SOURCE_DIR) / "../shared/data";
  folder /= "traces";
  std::error_code ignored;
  if (std::filesystem::is_directory(folder, ignored)) return folder.string() + "/";
  std::puts("skipped: no PENTAD_DATA");
  return {};
}

}  // namespace pentad::trace
