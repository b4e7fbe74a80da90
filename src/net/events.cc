#include "net/events.h"

#include <algorithm>
#include <utility>

namespace pentad::net {

namespace {

void append_field(std::string& out, std::string_view field, std::string_view value) {
  out.append(field).append(": ");
  for (char c : value) {
    if (c != '\n' && c != '\r' && c != '\0') out.push_back(c);
  }
  out.push_back('\n');
}

}  // namespace

void append_event(std::string& out, const ServerEvent& event) {
  if (!event.id.empty()) append_field(out, "id", event.id);
  if (!event.name.empty()) append_field(out, "event", event.name);
  std::string_view rest = event.data;
  while (true) {
    size_t end = rest.find('\n');
    append_field(out, "data", rest.substr(0, end));
    if (end == rest.npos) break;
    rest.remove_prefix(end + 1);
  }
  out.push_back('\n');
}

EventStream::EventStream(const Responder& responder) {
  Response head;
  head.media_type = "text/event-stream";
  head.headers.add("Cache-Control", "no-store");
  head.headers.add("X-Accel-Buffering", "no");
  // Something to read at once, so that clients see the head although nothing happened yet.
  head.body = ":\n\n";
  stream_ = responder.stream(std::move(head), {.heartbeat = ":\n\n"});
}

bool EventStream::send(const ServerEvent& event) const {
  std::string text;
  append_event(text, event);
  WriteResult result = stream_.write(text);
  if (result == WriteResult::full) {
    stream_.end("event: dropped\ndata: {\"reason\":\"read too slowly\"}\n\n");
  }
  return result == WriteResult::ok;
}

void EventParser::feed(std::string_view bytes) {
  buffer_.erase(0, start_);
  start_ = 0;
  buffer_.append(bytes);
}

bool EventParser::take_line(std::string_view& line) {
  std::string_view rest = std::string_view(buffer_).substr(start_);
  size_t end = rest.find_first_of("\r\n");
  if (end == rest.npos) {
    failed_ = failed_ || rest.size() > max_bytes_;
    return false;
  }
  bool is_return = rest[end] == '\r';
  // A return at the end of what came may be half of a pair: wait for the next byte.
  if (is_return && end + 1 == rest.size()) return false;
  line = rest.substr(0, end);
  start_ += end + (is_return && rest[end + 1] == '\n' ? 2 : 1);
  return true;
}

void EventParser::take_field(std::string_view line) {
  size_t colon = std::min(line.find(':'), line.size());
  std::string_view field = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (has_data_) event_.data.push_back('\n');
    event_.data.append(value);
    has_data_ = true;
  } else if (field == "event") {
    event_.name = value;
  } else if (field == "id") {
    last_id_ = value;
  }
}

std::optional<ServerEvent> EventParser::next() {
  std::string_view line;
  while (!failed_ && take_line(line)) {
    if (!line.empty()) {
      take_field(line);
      failed_ = event_.data.size() > max_bytes_;
      continue;
    }
    ServerEvent done = std::exchange(event_, {});
    done.id = last_id_;
    if (std::exchange(has_data_, false)) return done;
  }
  return std::nullopt;
}

}  // namespace pentad::net
