// Server-sent events (text/event-stream, WHATWG HTML section 9.2), both ends.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/responder.h"

namespace pentad::net {

struct ServerEvent {
  std::string id;    // what a client hands back as Last-Event-ID; empty: none
  std::string name;  // "event:"; empty means "message"
  std::string data;  // any lines
  bool operator==(const ServerEvent&) const = default;
};

// Appends the event as it goes over the wire. Line breaks in id and name are dropped.
void append_event(std::string& out, const ServerEvent& event);

// A stream of events to one client, with a comment as heartbeat. A client that reads too slowly is
// sent a last event named "dropped" and its stream ends: it connects again with Last-Event-ID.
class EventStream {
 public:
  explicit EventStream(const Responder& responder);

  // False when the client is gone or has been dropped.
  bool send(const ServerEvent& event) const;
  void end() const { stream_.end(); }
  bool is_open() const { return stream_.is_open(); }
  void on_close(std::function<void()> callback) const { stream_.on_close(std::move(callback)); }

 private:
  Stream stream_;
};

// Takes a stream of events apart. An event larger than `max_bytes` is given up and counted as an
// error.
class EventParser {
 public:
  explicit EventParser(size_t max_bytes = 16 << 20) : max_bytes_(max_bytes) {}

  void feed(std::string_view bytes);
  // The next whole event; nothing if more bytes are needed.
  std::optional<ServerEvent> next();
  bool failed() const { return failed_; }
  const std::string& last_id() const { return last_id_; }

 private:
  bool take_line(std::string_view& line);
  void take_field(std::string_view line);

  size_t max_bytes_;
  std::string buffer_;
  size_t start_ = 0;  // of what has not been looked at in buffer_
  ServerEvent event_;
  bool has_data_ = false;
  bool failed_ = false;
  std::string last_id_;
};

}  // namespace pentad::net
