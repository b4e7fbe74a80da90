#include "twin/trace/line_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pentad::trace {

Result<std::optional<TraceJob>> TraceReader::next() {
  std::optional<TraceJob> job(std::in_place);
  auto more = read(*job);
  if (!more) return tl::unexpected(more.error());
  if (!*more) job.reset();
  return job;
}

LineTrace::LineTrace(std::unique_ptr<ByteSource> bytes, const std::string& name, TraceFormat format,
                     TraceOptions options)
    : lines_(std::move(bytes)), options_(options) {
  header_.format = format;
  header_.source = name;
}

LineKind LineTrace::set_fault(std::string_view field, std::string why) {
  fault_ = BadLine{0, std::string(field), std::move(why)};
  return LineKind::bad;
}

Error LineTrace::located(const Error& error) const {
  Error out = error;
  out.path = fmt::format("{}:{}", header_.source, lines_.line_number() + 1);
  return out;
}

tl::unexpected<Error> LineTrace::stop(Error error) {
  error_ = std::move(error);
  return tl::unexpected(*error_);
}

Result<std::string_view> LineTrace::peek() {
  Line line;
  auto more = lines_.read(line);
  if (!more) return tl::unexpected(located(more.error()));
  if (!*more || line.is_too_long) line.text = {};
  if (*more) lines_.unread();
  return line.text;
}

// Counts and names what `fault_` says of the present line; an error when that is not allowed.
Status LineTrace::note_bad() {
  ++counts_.bad;
  fault_.line = lines_.line_number();
  if (bad_lines_.size() < kNamedBadLines) bad_lines_.push_back(fault_);
  if (!options_.strict) return {};
  return fail(ErrorCode::invalid,
              fault_.field.empty() ? fault_.why : fmt::format("{}: {}", fault_.field, fault_.why),
              fmt::format("{}:{}", header_.source, fault_.line));
}

// The rules that all formats share.
Status LineTrace::settle(TraceJob& job) {
  if (job.submit < last_submit_) {
    ++counts_.went_back;
    if (options_.strict) {
      return fail(ErrorCode::invalid, "submit time: before that of the job above",
                  fmt::format("{}:{}", header_.source, lines_.line_number()));
    }
    job.submit = last_submit_;
  }
  last_submit_ = job.submit;
  ++counts_.jobs;
  if (!job.run_time) ++counts_.no_run_time;
  job.limit_assumed = job.limit.value <= 0;
  if (job.limit_assumed) {
    ++counts_.no_limit;
    job.limit = job.run_time ? std::max(*job.run_time, seconds(1)) : Duration{0};
  }
  if (job.run_time && *job.run_time > job.limit) ++counts_.over_limit;
  return {};
}

Result<bool> LineTrace::read(TraceJob& out) {
  if (error_) return tl::unexpected(*error_);
  if (repeats(out)) {
    if (Status done = settle(out); !done) return stop(done.error());
    return true;
  }
  Line line;
  while (true) {
    auto more = lines_.read(line);
    if (!more) return stop(located(more.error()));
    if (!*more) return false;
    ++counts_.lines;
    LineKind kind = LineKind::bad;
    if (line.is_too_long) {
      set_fault({}, fmt::format("longer than {} bytes", LineReader::kMaxLineBytes));
    } else {
      kind = parse(line.text, out);
    }
    if (kind == LineKind::nothing) continue;
    Status done = kind == LineKind::job ? settle(out) : note_bad();
    if (!done) return stop(done.error());
    if (kind == LineKind::job) return true;
  }
}

bool parse_number(std::string_view text, Number& out) {
  constexpr size_t kMaxDigits = 16;  // as kMaxMemoryBytes has
  size_t i = 0;
  bool is_negative = !text.empty() && text[0] == '-';
  if (is_negative || text.starts_with('+')) ++i;
  size_t first = i;
  int64_t whole = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
    if (i - first >= kMaxDigits) return false;
    whole = whole * 10 + (text[i] - '0');
  }
  if (i == first) return false;
  int32_t thousandths = 0;
  out.has_fraction = i < text.size();
  if (out.has_fraction) {
    if (text[i++] != '.') return false;
    int32_t unit = 100;
    for (; i < text.size(); ++i, unit /= 10) {
      if (text[i] < '0' || text[i] > '9') return false;
      thousandths += unit * (text[i] - '0');
    }
  }
  out.whole = is_negative ? -whole : whole;
  out.thousandths = is_negative ? -thousandths : thousandths;
  return true;
}

std::string quoted(std::string_view text) {
  constexpr size_t kShown = 40;
  std::string out = "`";
  for (char c : text.substr(0, kShown)) out += c >= 0x20 && c < 0x7F ? c : '?';
  if (text.size() > kShown) out += "...";
  return out + "`";
}

}  // namespace pentad::trace
