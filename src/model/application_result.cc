#include "model/application_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/json_text.h"
#include "base/reflect.h"

namespace pentad {
namespace {

constexpr std::string_view kProgressWord = "progress ";
constexpr size_t kMaxProgressBytes = 500;

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

// What a job prints ends up in terminals and lists: no control characters, whole UTF-8 sequences.
std::string plain_line(std::string_view text) {
  std::string out;
  while (!text.empty() && out.size() < kMaxProgressBytes) {
    size_t bytes = utf8_sequence_bytes(text);
    if (bytes > 0 && !is_control(static_cast<unsigned char>(text[0]))) {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(std::max<size_t>(bytes, 1));
  }
  return out;
}

}  // namespace

Result<ApplicationResult> read_application_result(std::string_view json) {
  if (json.size() > kMaxResultBytes) {
    return fail(ErrorCode::too_large,
                fmt::format("a result has at most {} bytes", kMaxResultBytes));
  }
  auto result = from_json<ApplicationResult>(json);
  if (!result) return result;
  result->summary.en = plain_line(result->summary.en);
  result->summary.zh = plain_line(result->summary.zh);
  for (std::string& file : result->files) file = plain_line(file);
  return result;
}

std::optional<Progress> parse_progress(std::string_view line) {
  if (!line.starts_with(kProgressWord)) return std::nullopt;
  line.remove_prefix(kProgressWord.size());
  Progress progress;
  auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), progress.fraction);
  if (error != std::errc{} || !(progress.fraction >= 0 && progress.fraction <= 1)) {
    return std::nullopt;
  }
  line.remove_prefix(static_cast<size_t>(end - line.data()));
  if (!line.empty() && line[0] != ' ' && line[0] != '\r') return std::nullopt;
  progress.words = plain_line(line.substr(std::min<size_t>(line.size(), 1)));
  return progress;
}

std::optional<Progress> last_progress(std::string_view tail, bool from_start) {
  while (true) {
    size_t end = tail.rfind('\n');
    if (end == tail.npos) return std::nullopt;
    tail = tail.substr(0, end);
    size_t before = tail.rfind('\n');
    if (before == tail.npos && !from_start) return std::nullopt;
    if (auto found = parse_progress(tail.substr(before == tail.npos ? 0 : before + 1))) {
      return found;
    }
  }
}

}  // namespace pentad
