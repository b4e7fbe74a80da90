// Messages over a Unix stream: a length, the bytes, and with the first of them descriptors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pentad::cli::front::hold {

// Listening socket at `path`, for this user alone. -1 with errno.
int listen_at(const std::string& path);
int connect_to(const std::string& path);

bool send_message(int socket, std::string_view bytes, const std::vector<int>& descriptors = {});

struct Message {
  std::string bytes;
  std::vector<int> descriptors;
};
// Errors: failed when the other side is gone or says what is no message.
Result<Message> receive_message(int socket);

// Writes all of it, whatever interrupts. False when nobody reads any more.
bool write_all(int fd, std::string_view bytes);

// Words as one text and back: each ends with NUL.
std::string pack(const std::vector<std::string>& words);
std::vector<std::string> unpack(std::string_view bytes);

}  // namespace pentad::cli::front::hold
