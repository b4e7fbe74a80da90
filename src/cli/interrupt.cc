#include "cli/interrupt.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

namespace pentad::cli {

namespace {

volatile sig_atomic_t interrupt_seen = 0;
volatile time_t last_interrupt_s = 0;

void on_signal(int) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (interrupt_seen && now.tv_sec - last_interrupt_s <= 1) _exit(130);
  last_interrupt_s = now.tv_sec;
  interrupt_seen = 1;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_signal;  // no SA_RESTART: reads return
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return interrupt_seen != 0; }
void forget_interrupt() { interrupt_seen = 0; }

}  // namespace pentad::cli
