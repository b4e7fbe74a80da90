// What all readers of line-based traces share: bad lines, strictness, the order of submit times and
// the rules for what is missing (README.md). A format says what one line is.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "twin/trace/lines.h"
#include "twin/trace/trace.h"

namespace pentad::trace {

// Beyond these a number is taken for damage.
inline constexpr int64_t kMaxSeconds = 10'000'000'000;        // 317 years, or Unix time
inline constexpr int64_t kMaxCores = 100'000'000;             // of a job
inline constexpr int64_t kMaxMemoryBytes = int64_t{1} << 53;  // 8 PiB

enum class LineKind { job, nothing, bad };

class LineTrace : public TraceReader {
 public:
  Result<bool> read(TraceJob& out) final;

 protected:
  LineTrace(std::unique_ptr<ByteSource> bytes, const std::string& name, TraceFormat format,
            TraceOptions options);

  // Reads `line` into `out`, which holds an older job. Sets limit and run time as they stand there
  // (0 and empty: missing). bad: after set_fault.
  virtual LineKind parse(std::string_view line, TraceJob& out) = 0;

  // Hands out a job of the line before once more, if there is one. It is counted like any other.
  virtual bool repeats(TraceJob&) { return false; }

  // Returns bad.
  LineKind set_fault(std::string_view field, std::string why);

  // Reads the lines of a header: up to, not including, the first that `take` refuses.
  template <class Take>
  Status read_header(const Take& take) {
    Line line;
    while (true) {
      auto more = lines_.read(line);
      if (!more) return tl::unexpected(located(more.error()));
      if (!*more) return {};
      if (line.is_too_long || !take(line.text)) return lines_.unread(), Status{};
      ++counts_.lines;
    }
  }
  // The line that stands next, without moving on; empty at the end or when it is too long.
  Result<std::string_view> peek();

 private:
  Error located(const Error& error) const;
  tl::unexpected<Error> stop(Error error);
  Status note_bad();
  Status settle(TraceJob& job);

  LineReader lines_;
  TraceOptions options_;
  BadLine fault_;
  std::optional<Error> error_;
  Duration last_submit_;
};

// Whole number with an optional fraction, of which thousandths count: "12", "-1", "552.21".
struct Number {
  int64_t whole = 0;
  int32_t thousandths = 0;  // with the sign of the number
  bool has_fraction = false;
  int64_t in_thousandths() const { return whole * 1000 + thousandths; }
};

// False when `text` is no number or beyond 10^15.
bool parse_number(std::string_view text, Number& out);

std::string quoted(std::string_view text);  // shortened and printable, for messages

}  // namespace pentad::trace
