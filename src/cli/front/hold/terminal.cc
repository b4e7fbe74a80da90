#include "cli/front/hold/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "cli/front/hold/channel.h"

namespace pentad::cli::front::hold {

bool has_terminal() { return isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0; }

Terminal::Terminal() {
  master_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master_ < 0 || grantpt(master_) != 0 || unlockpt(master_) != 0) return;
  std::array<char, 64> name{};
  if (ptsname_r(master_, name.data(), name.size()) != 0) return;
  program_end_ = open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (program_end_ < 0) return;
  if (tcgetattr(STDIN_FILENO, &before_) == 0) tcsetattr(program_end_, TCSANOW, &before_);
  follow_size();
}

Terminal::~Terminal() {
  // The program has ended: what it wrote last is there, and what it left behind may go on writing.
  pollfd one{master_, POLLIN, 0};
  for (int left = 1000; left > 0 && shows_ && poll(&one, 1, 0) > 0; --left) show();
  if (taken_) tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  close_program_end();
  if (master_ >= 0) close(master_);
}

void Terminal::close_program_end() {
  if (program_end_ >= 0) close(program_end_);
  program_end_ = -1;
}

void Terminal::take_over() {
  termios raw = before_;
  cfmakeraw(&raw);
  taken_ = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

void Terminal::pass_keys() {
  std::array<char, 4096> bytes;
  ssize_t size = read(STDIN_FILENO, bytes.data(), bytes.size());
  if (size < 0 && errno == EINTR) return;
  bool fine = size > 0 && write_all(master_, {bytes.data(), static_cast<size_t>(size)});
  keys_open_ = fine;
}

void Terminal::show() {
  std::array<char, 65536> bytes;
  ssize_t size = read(master_, bytes.data(), bytes.size());
  if (size < 0 && errno == EINTR) return;
  // An error says that nobody has the other end open any more.
  shows_ = size > 0 && write_all(STDOUT_FILENO, {bytes.data(), static_cast<size_t>(size)});
}

void Terminal::follow_size() {
  winsize size{};
  if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0) ioctl(master_, TIOCSWINSZ, &size);
}

}  // namespace pentad::cli::front::hold
