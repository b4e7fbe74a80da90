// Ctrl-C as something a command can ask about instead of something that ends it.
#pragma once

namespace pentad::cli {

// From here on SIGINT and SIGTERM only set a flag (and interrupt what waits). A second one within a
// second of the first ends the process.
void catch_interrupts();
bool interrupted();
void forget_interrupt();

}  // namespace pentad::cli
