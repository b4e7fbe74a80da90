// What libdrmaa and its agent say to each other: messages of texts over one socket.
//
// The library stays small and brings nothing into the process that loads it; the agent, a child of
// that process, reads native specifications and talks to the centre. Asked and answered one at a
// time. The first text of a question is a verb, that of an answer a DRMAA_ERRNO_ code; after a code
// other than success a sentence follows.
//   hello CONTACT                      -> contact, system
//   run BULK KEY=VALUE ...             -> ids; BULK is empty or START-END:STEP. Keys: the names of
//                                         attributes, vectors repeated; cwd; caller (NAME=VALUE)
//   control ID ACTION                  ->
//   state ID                           -> one of DRMAA_PS_
//   ended ID ...                       -> those that have ended
//   result ID                          -> stat, KEY=VALUE of what was used ...
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pentad::drmaa {

using Message = std::vector<std::string>;

// False, or nothing, when the other side is gone or says what is no message.
bool send_message(int socket, const Message& message);
std::optional<Message> receive_message(int socket);

// How `stat` of drmaa_wait holds the end of a job.
namespace stat_bits {
inline constexpr int kCode = 0xff, kSignalShift = 8;
inline constexpr int kExited = 1 << 16, kSignaled = 1 << 17, kDumped = 1 << 18, kAborted = 1 << 19;
}  // namespace stat_bits

}  // namespace pentad::drmaa
