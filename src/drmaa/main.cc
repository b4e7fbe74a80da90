// pentad-drmaa-agent: started by libdrmaa.so, answers it over standard input until that is closed.
#include <unistd.h>

#include "drmaa/agent.h"

int main() {
  pentad::drmaa::Agent agent;
  while (auto question = pentad::drmaa::receive_message(STDIN_FILENO)) {
    if (question->empty() || !pentad::drmaa::send_message(STDIN_FILENO, agent.answer(*question))) {
      break;
    }
  }
}
