// pentad top: queue and nodes as they change, until q.
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "api/centre_types.h"
#include "api/job_views.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/job_text.h"
#include "cli/table.h"
#include "cli/units.h"

namespace pentad::cli {

namespace {

// The terminal without echo, on its second screen; as it was when this goes.
class Screen {
 public:
  Screen() {
    tcgetattr(STDIN_FILENO, &before_);
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    fmt::print("\x1b[?1049h\x1b[?25l\x1b[?7l");  // what is too long is cut, not wrapped
  }
  ~Screen() {
    fmt::print("\x1b[?7h\x1b[?25h\x1b[?1049l");
    std::fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  Screen(const Screen&) = delete;

  static winsize size() {
    winsize s{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &s) != 0 || s.ws_col == 0) s = {24, 80, 0, 0};
    return s;
  }

 private:
  termios before_{};
};

std::string meter(int64_t used, int64_t all, int cells) {
  int full = all > 0 ? static_cast<int>(used * cells / all) : 0;
  std::string text;
  for (int i = 0; i < cells; ++i) text += i < full ? "█" : "░";
  return text;
}

std::string node_line(const api::NodeInfo& n, size_t width) {
  int cells = width >= 90 ? 16 : 6;
  std::string line = fmt::format(
      "{} {:<8} cores {} {}/{}  memory {} {}/{}", shorten(printable(n.name), 16),
      boost::describe::enum_to_string(n.state, "?"), meter(n.cores_used, n.cores, cells),
      n.cores_used, n.cores, meter(n.memory_used_bytes, n.memory_bytes, cells),
      format_bytes(Bytes{n.memory_used_bytes}), format_bytes(Bytes{n.memory_bytes}));
  return shorten(line, width) + "\n";
}

std::string view(Session& session, size_t columns) {
  size_t width = columns - 1;  // clearing the rest of a full line would take its last character
  auto s = session.get<api::StatusView>("/status");
  auto nodes = session.get<api::NodeList>("/nodes");
  auto jobs = session.get<api::JobPage>("/jobs?state=pending,active&sort=id&limit=200");
  std::string head = fmt::format("Pentad {}  {}  up {}  {} unfinished, {} ready, {} running",
                                 s.version, format_time(Time{s.now_ms}, Time{s.now_ms}),
                                 format_duration(Duration{s.now_ms - s.started_at_ms}),
                                 s.jobs.unfinished, s.jobs.queued, s.jobs.attempts);
  std::string out = "q quits   " + shorten(head, width - std::min<size_t>(width, 10)) + "\n\n";
  if (s.health != api::Health::ok) {
    out += shorten("degraded: " + printable(s.detail), width) + "\n\n";
  }
  for (const api::NodeInfo& n : nodes.nodes) out += node_line(n, width);
  Table table({{"JOB", Align::right},
               {"NAME", Align::left, 8},
               {"USER", Align::left, 4},
               {"STATE"},
               {"CORES", Align::right},
               {"WAITED", Align::right},
               {"RAN", Align::right},
               {"WHAT", Align::left, 8}});
  for (const api::JobSummary& job : jobs.jobs) {
    table.add({std::to_string(job.id), job.name, job.user, state_cell(job.state),
               std::to_string(job.cores * job.nodes), format_duration(Duration{job.waited_ms}),
               job.started_at_ms ? format_duration(Duration{running_ms(job)}) : "-",
               what_text(job)});
  }
  return out + "\n" + table.render(width, session.colour());
}

// As many lines as fit, the rest of each line and of the screen cleared.
void draw(const std::string& text, size_t rows) {
  std::string out = "\x1b[H";
  size_t from = 0;
  for (size_t row = 1; row < rows && from < text.size(); ++row) {
    size_t end = std::min(text.find('\n', from), text.size());
    out += text.substr(from, end - from) + "\x1b[K\n";
    from = end + 1;
  }
  fmt::print("{}\x1b[J", out);
  std::fflush(stdout);
}

}  // namespace

int top(Session& session) {
  if (terminal_width() == 0 || !isatty(STDIN_FILENO)) {
    throw CommandError(kUsage,
                       "top needs a terminal; `pentad queue` and `pentad nodes` print once");
  }
  std::string first = view(session, Screen::size().ws_col);  // fails before the screen changes
  catch_interrupts();
  Screen screen;
  draw(first, Screen::size().ws_row);
  while (!interrupted()) {
    pollfd keys{STDIN_FILENO, POLLIN, 0};
    if (poll(&keys, 1, 1000) > 0) {
      char key = 0;
      if (read(STDIN_FILENO, &key, 1) != 1 || key == 'q' || key == 'Q') break;
    }
    std::string text;
    try {
      text = view(session, Screen::size().ws_col);
    } catch (const CommandError& error) {
      text = std::string(error.what()) + "\n\nwaiting for the centre; q quits\n";
    }
    draw(text, Screen::size().ws_row);
  }
  return kOk;
}

}  // namespace pentad::cli
