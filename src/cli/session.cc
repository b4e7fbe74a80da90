#include "cli/session.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "cli/credentials.h"
#include "cli/interrupt.h"
#include "cli/table.h"
#include "model/index_set.h"
#include "net/listen.h"
#include "net/problem.h"

namespace pentad::cli {

namespace {

constexpr auto kTakeoverPatience = std::chrono::seconds(60);
constexpr auto kTakeoverPause = std::chrono::milliseconds(100);

// `type` is the problem's, when the answer is one.
ExitCode code_for(int status, std::string_view type) {
  if (status == 404) return kNotFound;
  if (status == 401 || type.ends_with("too-many-attempts")) return kNotSignedIn;
  return status >= 400 && status < 500 ? kRefused : kFailed;
}

std::string socket_path(const Globals& globals) {
  return std::filesystem::absolute(globals.home + "/pentad.sock").lexically_normal().string();
}

// Whether a daemon waits to take over the centre of this home, or is about to answer for it.
bool has_standby(const Globals& globals) {
  pid_t pid = 0;
  std::ifstream(globals.home + "/standby") >> pid;
  return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}

std::string sentence(std::string text) {
  if (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

size_t terminal_width() {
  winsize size{};
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col > 0 ? size.ws_col : 80;
}

bool wants_colour() {
  const char* none = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  bool dumb = term == nullptr || std::string_view(term) == "dumb";
  return isatty(STDOUT_FILENO) && !dumb && (none == nullptr || *none == '\0');
}

Session::Session(const Globals& globals)
    : globals_(globals), colour_(wants_colour()), width_(terminal_width()) {}

Session::~Session() = default;

std::string Session::centre() const {
  return globals_.url.empty() ? socket_path(globals_) : globals_.url;
}

void Session::use(const std::string& secret) {
  secret_ = secret;
  client_.reset();
}

namespace {

std::string secret_for(const std::string& centre) {
  const char* token = std::getenv("PENTAD_TOKEN");
  if (token && *token) return token;
  const auto stored = stored_credential(centre);
  return stored ? stored->secret : std::string();
}

bool is_safe(const net::Address& address) {
  return !address.unix_path.empty() || address.is_tls || net::is_loopback(address.host);
}

}  // namespace

net::Client& Session::client() {
  if (client_) return *client_;
  std::string where = globals_.url.empty() ? "unix:" + socket_path(globals_) : globals_.url;
  Result<net::Address> address = net::Address::parse(where);
  if (!address) throw CommandError(kUsage, "--url: " + address.error().message);
  net::ClientOptions options;
  options.is_interrupted = interrupted;
  options.authorities = globals_.authorities;
  options.bearer = secret_.value_or(secret_ ? std::string() : secret_for(centre()));
  if (options.bearer.find_first_of("\r\n") != std::string::npos) {
    throw CommandError(kUsage, "PENTAD_TOKEN holds a line break");
  }
  if (!options.bearer.empty() && !is_safe(*address) && !std::getenv("PENTAD_INSECURE")) {
    throw CommandError(kUsage,
                       "a token would cross the network in clear: use https://, or set "
                       "PENTAD_INSECURE=1 when nobody else is on that network");
  }
  client_ = std::make_unique<net::Client>(*address, options);
  return *client_;
}

Result<net::Response> Session::ask(net::Method method, const std::string& target,
                                   std::string_view body, const net::Headers& headers) {
  const auto late = std::chrono::steady_clock::now() + kTakeoverPatience;
  for (;;) {
    Result<net::Response> answer = client().send(method, "/api/v1" + target, body, headers);
    // Then nobody has taken the request, and it can be sent again.
    const bool is_lonely = !answer && answer.error().code == ErrorCode::unavailable;
    const bool is_late = std::chrono::steady_clock::now() >= late;
    if (!is_lonely || !globals_.url.empty() || !has_standby(globals_) || interrupted() || is_late) {
      return answer;
    }
    std::this_thread::sleep_for(kTakeoverPause);
  }
}

std::string Session::call(net::Method method, const std::string& target, std::string_view body,
                          const net::Headers& headers) {
  Result<net::Response> answer = ask(method, target, body, headers);
  check(answer);
  return std::move(answer->body);
}

void Session::check(const Result<net::Response>& answer) const {
  if (!answer) fail_for(answer.error());
  if (answer->status < 200 || answer->status > 299) fail_for(*answer);
}

void Session::fail_for(const Error& error) const {
  if (error.code == ErrorCode::unavailable) {
    std::string where = globals_.url.empty() ? globals_.home + "/pentad.sock" : globals_.url;
    throw CommandError(kUnreachable,
                       fmt::format("no centre answers at {}: start one with `pentad up`, "
                                   "or name another with --home or --url",
                                   where));
  }
  if (error.path == net::kUntrustedPeer) {
    throw CommandError(kUntrusted, fmt::format("{}: {}", globals_.url, error.message));
  }
  throw CommandError(kFailed, "the centre did not answer: " + error.message);
}

void Session::fail_for(const net::Response& answer) const {
  Result<net::Problem> problem = from_json<net::Problem>(answer.body, ReadMode::lenient);
  const ExitCode code = code_for(answer.status, problem ? problem->type : std::string());
  if (globals_.json && problem) {
    CommandError error(code, answer.body);
    error.verbatim = true;
    throw error;
  }
  if (!problem || problem->title.empty()) {
    throw CommandError(code, fmt::format("the centre answered {} {}", answer.status,
                                         net::status_phrase(answer.status)));
  }
  std::string text = sentence(problem->detail.empty() ? problem->title : problem->detail);
  if (problem->field) text += fmt::format(" ({})", *problem->field);
  if (problem->hint) text += "\n  " + sentence(*problem->hint);
  std::string safe;
  for (size_t from = 0; from <= text.size();) {  // the hint stays on a line of its own
    size_t to = std::min(text.find('\n', from), text.size());
    safe += (from > 0 ? "\n" : "") + printable(std::string_view(text).substr(from, to - from));
    from = to + 1;
  }
  throw CommandError(code, safe);
}

JobName parse_job(const std::string& text) {
  JobName name;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), name.job);
  std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
  bool valid = error == std::errc() && name.job > 0;
  if (valid && !rest.empty()) {
    valid = rest[0] == '_' && rest.size() > 1;
    if (valid) name.element = rest.substr(1);
    valid = valid && IndexSet::parse(name.element, 1'000'000).has_value();
  }
  if (!valid) {
    throw CommandError(kUsage,
                       fmt::format("`{}` is no job: give its number, such as 12, or 12_3 for "
                                   "an element of an array",
                                   printable(text)));
  }
  return name;
}

}  // namespace pentad::cli
