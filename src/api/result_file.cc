#include "api/result_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "api/checks.h"
#include "model/application_result.h"

namespace pentad::api {

namespace {

constexpr int64_t kProgressBytes = 4096;

// The last `max_bytes` of a plain file, `whole` telling whether that is all of it.
struct Tail {
  std::string text;
  bool whole = false;
  int64_t modified_s = 0;
};

// Of the user whose directory it is in; see owner_of() in logs.cc.
bool is_of_its_owner(const std::string& path, const struct stat& file) {
  struct stat directory {};
  const std::string parent = path.substr(0, path.rfind('/'));
  return lstat(parent.c_str(), &directory) == 0 && directory.st_uid == file.st_uid;
}

std::optional<Tail> read_tail(const std::string& path, int64_t max_bytes) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return {};
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || !is_of_its_owner(path, info)) {
    close(fd);
    return {};
  }
  int64_t from = std::max<int64_t>(0, info.st_size - max_bytes);
  Tail out;
  out.whole = from == 0;
  out.modified_s = info.st_mtim.tv_sec;
  out.text.resize(static_cast<size_t>(info.st_size - from));
  ssize_t n = pread(fd, out.text.data(), out.text.size(), from);
  close(fd);
  out.text.resize(n > 0 ? static_cast<size_t>(n) : 0);
  return out;
}

bool is_line(const std::string& text) { return !check_line(text); }

}  // namespace

std::optional<JobResult> read_result(const std::string& path, Time not_before) {
  auto tail = read_tail(path, static_cast<int64_t>(pentad::kMaxResultBytes));
  // Files are stamped by a clock that ticks a little behind.
  if (!tail || !tail->whole || tail->modified_s < not_before.value / 1000 - 1) return {};
  auto result = read_application_result(tail->text);
  if (!result) return {};
  JobResult out;
  out.summary = {{"en", result->summary.en}, {"zh", result->summary.zh}};
  for (pentad::Figure& f : result->figures) {
    out.figures.push_back({std::move(f.name), f.value, std::move(f.unit)});
  }
  out.files = std::move(result->files);
  bool good = std::all_of(out.files.begin(), out.files.end(), is_line);
  for (const auto& [language, line] : out.summary) good = good && is_line(line);
  for (const Figure& f : out.figures) good = good && is_line(f.name) && is_line(f.unit);
  return good ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<JobProgress> read_progress(const std::string& path) {
  auto tail = read_tail(path, kProgressBytes);
  if (!tail) return {};
  auto progress = last_progress(tail->text, tail->whole);
  if (!progress) return {};
  return JobProgress{progress->fraction, std::move(progress->words)};
}

}  // namespace pentad::api
