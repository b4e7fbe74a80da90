#include "api/answer.h"

#include <fmt/format.h>
#include <pwd.h>

#include <array>
#include <charconv>

#include "api/limits.h"

namespace pentad::api {

namespace {

constexpr int64_t kRetryAfterS = 5;

std::optional<int64_t> parse_integer(std::string_view text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

net::Response problem_response(const Problem& problem) {
  net::Response response = net::to_response(problem);
  if (problem.status == 503 || problem.status == 429) {
    response.headers.add("Retry-After", std::to_string(kRetryAfterS));
  }
  return response;
}

std::optional<int64_t> integer_parameter(const net::Request& request, std::string_view name) {
  const std::string* text = request.query.find(name);
  return text ? parse_integer(*text) : std::nullopt;
}

bool flag_parameter(const net::Request& request, std::string_view name) {
  const std::string* text = request.query.find(name);
  return text && (*text == "true" || *text == "1");
}

std::optional<std::string> text_parameter(const net::Request& request, std::string_view name) {
  const std::string* text = request.query.find(name);
  return text ? std::optional(*text) : std::nullopt;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    std::string_view part = text.substr(0, text.find(','));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  return parts;
}

Answer<std::vector<JobId>> id_list(std::string_view text, std::string_view name) {
  std::vector<JobId> ids;
  for (const std::string& part : split_list(text)) {
    auto id = parse_integer(part);
    if (!id || *id < 1 || *id > kMaxId) {
      return tl::unexpected(
          problem("invalid-parameter", "expected job ids, separated by commas", std::string(name)));
    }
    ids.push_back(JobId{*id});
  }
  if (ids.size() > kMaxPage) {
    return tl::unexpected(problem("invalid-parameter",
                                  fmt::format("expected at most {} job ids", kMaxPage),
                                  std::string(name)));
  }
  return ids;
}

Answer<int64_t> path_id(const net::Request& request) {
  std::string_view text = request.path_parameter("id");
  auto id = parse_integer(text);
  if (!id || *id < 1) {
    return tl::unexpected(problem("not-found", fmt::format("`{}` is no id", text), {},
                                  "ids are positive whole numbers"));
  }
  return *id;
}

std::string actor_of(const net::Request& request) {
  if (!request.peer.is_unix || request.peer.uid < 0) return {};
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  getpwuid_r(static_cast<uid_t>(request.peer.uid), &entry, buffer.data(), buffer.size(), &found);
  return found ? found->pw_name : fmt::format("uid {}", request.peer.uid);
}

}  // namespace pentad::api
