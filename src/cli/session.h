// A command's conversation with the centre and with the person in front of it: where the centre is,
// how answers are shown, and how what went wrong becomes a sentence and an exit code.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/reflect.h"
#include "base/result.h"
#include "net/client.h"

namespace pentad::cli {

// Documented in docs/cli.md. `run` and `wait` end with the job's own code instead.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,
  kRefused = 3,
  kNotFound = 4,
  kUnreachable = 5,
  kNotSignedIn = 6,  // no credential, a bad one, or signing in was refused
  kUntrusted = 7,    // what answers has no certificate that is trusted here
};

// Ends the command: `what()` goes to standard error, `code` is the exit code.
struct CommandError : std::runtime_error {
  CommandError(ExitCode c, const std::string& message) : std::runtime_error(message), code(c) {}
  ExitCode code;
  bool verbatim = false;  // what() is a JSON document: printed as it is
};

// Options every command has.
struct Globals {
  std::string home;         // --home, PENTAD_HOME, else var
  std::string url;          // --url, PENTAD_URL; empty: the socket in `home`
  std::string authorities;  // --ca, PENTAD_CA: PEM file; empty: those of the system
  bool json = false;
};

class Session {
 public:
  explicit Session(const Globals& globals);
  ~Session();

  const Globals& globals() const { return globals_; }
  bool json() const { return globals_.json; }
  bool colour() const { return colour_; }
  size_t width() const { return width_; }  // 0: not a terminal, no limit

  // Throw CommandError when nobody answers or the answer is a problem.
  template <class Answer>
  Answer get(const std::string& target) {
    return parse<Answer>(call(net::Method::get, target, {}));
  }
  template <class Answer, class Body>
  Answer send(net::Method method, const std::string& target, const Body& body,
              const net::Headers& headers = {}) {
    return parse<Answer>(call(method, target, to_json(body, WriteMode::compact), headers));
  }
  // The answer, whatever it is. While a daemon takes the centre of this home over, waits for it.
  Result<net::Response> ask(net::Method method, const std::string& target, std::string_view body,
                            const net::Headers& headers);
  // The body of a 2xx answer.
  std::string call(net::Method method, const std::string& target, std::string_view body,
                   const net::Headers& headers = {});

  net::Client& client();
  // The centre's address or the path of its socket: what credentials are kept under.
  std::string centre() const;
  // From now on with this token or session instead of PENTAD_TOKEN or the one that is kept; empty:
  // with none.
  void use(const std::string& secret);
  [[noreturn]] void fail_for(const Error& error) const;
  [[noreturn]] void fail_for(const net::Response& answer) const;
  void check(const Result<net::Response>& answer) const;  // throws unless 2xx

  // A body that the centre has answered. Throws when it is none.
  template <class Answer>
  Answer parse(const std::string& body) {
    if constexpr (!std::is_void_v<Answer>) {
      Result<Answer> answer = from_json<Answer>(body, ReadMode::lenient);
      if (!answer) {
        throw CommandError(kFailed,
                           "the centre answered something this program does not "
                           "understand; do both have the same version? (" +
                               answer.error().path + ": " + answer.error().message + ")");
      }
      return std::move(*answer);
    }
  }

 private:
  Globals globals_;
  std::unique_ptr<net::Client> client_;
  std::optional<std::string> secret_;  // set by use()
  bool colour_ = false;
  size_t width_ = 0;
};

// With --json prints the answer as it came and says true.
template <class Answer>
bool print_json(const Session& session, const Answer& answer) {
  if (session.json()) fmt::print("{}\n", to_json(answer));
  return session.json();
}

// What a person typed where the centre needs a number of a job: "12", "12_3" (element). Throws.
struct JobName {
  int64_t job = 0;
  std::string element;  // empty: all
};
JobName parse_job(const std::string& text);

// Cells of the terminal behind standard output, 0 when it is none.
size_t terminal_width();
bool wants_colour();

}  // namespace pentad::cli
