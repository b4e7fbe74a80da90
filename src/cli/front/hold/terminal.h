// A terminal of its own for a program that another process starts, shown on this process' one: keys
// go there, what it writes comes here, and it is as large as the window is. Ctrl-C is a key like
// others: the program's terminal makes a signal of it.
#pragma once

#include <termios.h>

#include <string>

namespace pentad::cli::front::hold {

// Whether standard input and output are terminals.
bool has_terminal();

class Terminal {
 public:
  // Errors: !is_open(), with errno.
  Terminal();
  // What is still to be shown is, and this process' terminal is as it was.
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool is_open() const { return master_ >= 0 && program_end_ >= 0; }
  // The program's side, until it was handed over.
  int program_end() const { return program_end_; }
  void close_program_end();

  // From here on keys are not interpreted here.
  void take_over();
  // To poll: keys, and what the program writes; -1 when there is nothing more to come.
  int keys() const { return keys_open_ ? 0 : -1; }
  int master() const { return shows_ ? master_ : -1; }
  void pass_keys();
  void show();
  // After SIGWINCH.
  void follow_size();

 private:
  int master_ = -1, program_end_ = -1;
  bool keys_open_ = true, shows_ = true, taken_ = false;
  termios before_{};
};

}  // namespace pentad::cli::front::hold
