#include "engine/outputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "dialect/run_ids.h"

namespace pentad::engine {

namespace {

constexpr size_t kMaxWidth = 20;
// Leaves room in a file name (255 bytes) for what stands around a name.
constexpr size_t kMaxName = 200;

// A part of one path component, whatever it was before.
std::string harmless(std::string_view name) {
  std::string out(name.substr(0, kMaxName));
  for (char& c : out) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (c == '/' || byte < 0x20 || byte == 0x7F) c = '_';
  }
  if (!out.empty() && out[0] == '.') out[0] = '_';
  return out;
}

std::string padded(int64_t value, size_t width) { return fmt::format("{:0{}}", value, width); }

// The value of a token; false when there is no such token.
bool token_value(char token, size_t width, const Names& names, std::string& value) {
  switch (token) {
    case 'j':
      return value = padded(names.attempt.job.value, width), true;
    case 'a':
      return value = padded(names.attempt.index, width), true;
    case 'i':
      return value = padded(dialect::slurm_element_number(names.attempt.job, names.attempt.index),
                            width),
             true;
    case 'n':
      return value = padded(names.attempt.number, width), true;
    case 'x':
      return value = harmless(names.job_name), true;
    case 'u':
      return value = harmless(names.user), true;
    case 'h':
      return value = harmless(names.host), true;
    case '%':
      return value = "%", true;
    default:
      return false;
  }
}

std::string absolute(std::string_view base, std::string path) {
  if (!path.empty() && path[0] == '/') return path;
  return fmt::format("{}/{}", base, path);
}

// What other schedulers allow beyond a path: a directory for a file of the usual name, output that
// comes to its place at the end.
void adapt(const Launch& launch, const Names& names, std::string_view directory, Files& files) {
  const auto complete = [&](std::string& path, bool is_error) {
    std::error_code error;
    if (path.empty() || (!path.ends_with('/') && !std::filesystem::is_directory(path, error))) {
      return;
    }
    if (!path.ends_with('/')) path += '/';
    path += harmless(dialect::default_output_name(launch, names.attempt, names.job_name, is_error));
  };
  complete(files.stdout_path, false);
  complete(files.stderr_path, true);
  if (!launch.delivers_at_end) return;
  const std::string stem =
      fmt::format("{}/{}.{}", directory, names.attempt.index, names.attempt.number);
  files.spooled_stdout = stem + ".OU";
  if (!files.stderr_path.empty()) files.spooled_stderr = stem + ".ER";
}

}  // namespace

std::string expand_pattern(std::string_view pattern, const Names& names) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      out += pattern[i];
      continue;
    }
    size_t at = i + 1;
    size_t width = 0;
    while (at < pattern.size() && pattern[at] >= '0' && pattern[at] <= '9') {
      width = std::min(kMaxWidth, width * 10 + static_cast<size_t>(pattern[at++] - '0'));
    }
    std::string value;
    if (at < pattern.size() && token_value(pattern[at], width, names, value)) {
      out += value;
      i = at;
    } else {
      out += '%';
    }
  }
  return out;
}

std::string job_directory(std::string_view home, JobId job) {
  return fmt::format("{}/jobs/{}", home, job.value);
}

Files attempt_files(std::string_view home, const Names& names, const Payload& payload) {
  const std::string directory = job_directory(home, names.attempt.job);
  Files files;
  files.workdir = payload.workdir.empty() ? directory : absolute(directory, payload.workdir);
  const auto expand = [&](const std::string& pattern) {
    return absolute(files.workdir, expand_pattern(pattern, names));
  };
  files.stdout_path =
      payload.stdout_path.empty()
          ? fmt::format("{}/{}.{}.out", directory, names.attempt.index, names.attempt.number)
          : expand(payload.stdout_path);
  if (!payload.stderr_path.empty()) files.stderr_path = expand(payload.stderr_path);
  if (payload.launch) adapt(*payload.launch, names, directory, files);
  if (files.stderr_path == files.stdout_path) files.stderr_path.clear();
  if (!payload.stdin_path.empty()) files.stdin_path = expand(payload.stdin_path);
  return files;
}

}  // namespace pentad::engine
