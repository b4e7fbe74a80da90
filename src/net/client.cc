#include "net/client.h"

#include <netdb.h>

#include <cstring>
#include <limits>
#include <utility>

#include "net/client_socket.h"
#include "net/http_parser.h"
#include "net/listen.h"
#include "net/read_buffer.h"

namespace pentad::net {

namespace {

// Addresses to try, in order.
Result<std::vector<SocketAddress>> resolve(const Address& address) {
  std::vector<SocketAddress> found;
  if (!address.unix_path.empty()) {
    auto one = unix_address(address.unix_path);
    if (!one) return tl::unexpected(one.error());
    return std::vector{*one};
  }
  if (equal_without_case(address.host, "localhost")) {
    found.push_back(*tcp_address("127.0.0.1", address.port));
    found.push_back(*tcp_address("::1", address.port));
    return found;
  }
  if (auto one = tcp_address(address.host, address.port)) return std::vector{*one};
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  int error =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
  if (error != 0) {
    return fail(ErrorCode::unavailable, "cannot find " + address.host + ": " + gai_strerror(error));
  }
  for (addrinfo* a = list; a; a = a->ai_next) {
    SocketAddress one;
    std::memcpy(&one.storage, a->ai_addr, a->ai_addrlen);
    one.length = a->ai_addrlen;
    found.push_back(one);
  }
  freeaddrinfo(list);
  return found;
}

std::string request_head(const Address& address, Method method, std::string_view target,
                         std::string_view body, const Headers& headers) {
  std::string head;
  head.append(method_name(method)).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
  if (!address.unix_path.empty()) {
    head += "localhost";
  } else {
    bool is_v6 = address.host.find(':') != std::string::npos;
    head += (is_v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
  }
  head += "\r\nUser-Agent: pentad\r\n";
  if (!body.empty() || method == Method::post || method == Method::put || method == Method::patch) {
    head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  if (!body.empty() && !headers.find("Content-Type")) head += "Content-Type: application/json\r\n";
  for (const auto& [name, value] : headers.items) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

std::string_view failure_text(ParseFailure failure) {
  switch (failure) {
    case ParseFailure::cut_short:
      return "the connection broke in the middle of the answer";
    case ParseFailure::body_too_large:
    case ParseFailure::headers_too_large:
      return "the answer is too large";
    default:
      return "what came back is not HTTP: is it a centre that answers there?";
  }
}

ErrorCode failure_code(ParseFailure failure) {
  switch (failure) {
    case ParseFailure::cut_short:
      return ErrorCode::failed;
    case ParseFailure::body_too_large:
    case ParseFailure::headers_too_large:
      return ErrorCode::too_large;
    default:
      return ErrorCode::invalid;
  }
}

bool can_repeat(Method method, const Headers& headers) {
  return method == Method::get || method == Method::head || headers.find("Idempotency-Key");
}

}  // namespace

class Client::Impl {
 public:
  Impl(Address address, ClientOptions options)
      : address_(std::move(address)), options_(std::move(options)) {
    socket_.is_interrupted = options_.is_interrupted;
  }

  const Address& address() const { return address_; }

  Result<Response> exchange(Method method, std::string_view target, std::string_view body,
                            const Headers& headers, const TakeBytes* take) {
    if (socket_.is_open() && socket_.is_stale()) socket_.close();
    bool is_kept = socket_.is_open();
    auto response = attempt(method, target, body, headers, take);
    bool broke = !response && response.error().code == ErrorCode::failed && !has_answer_;
    if (is_kept && broke && can_repeat(method, headers)) {
      response = attempt(method, target, body, headers, take);
    }
    return response;
  }

 private:
  Status connect() {
    auto addresses = resolve(address_);
    if (!addresses) return tl::unexpected(addresses.error());
    Status result = fail(ErrorCode::unavailable, "no address");
    for (const SocketAddress& address : *addresses) {
      result = socket_.connect(address, options_.connect_timeout);
      if (result) break;
    }
    in_ = {};
    used_last_ = 0;
    if (!result || !address_.is_tls) return result;
    if (!tls_) {
      auto context = TlsContext::for_client(options_.authorities);
      if (!context) {
        return fail(ErrorCode::invalid, options_.authorities + " " + context.error().message);
      }
      tls_ = std::move(*context);
    }
    return socket_.start_tls(tls_, address_.host, options_.connect_timeout);
  }

  Result<Response> attempt(Method method, std::string_view target, std::string_view body,
                           const Headers& headers, const TakeBytes* take) {
    has_answer_ = false;
    auto result = try_once(method, target, body, headers, take);
    if (result) return result;
    socket_.close();
    Error error = result.error();
    error.message = address_.to_text() + ": " + error.message;
    return tl::unexpected(std::move(error));
  }

  Result<Response> try_once(Method method, std::string_view target, std::string_view body,
                            const Headers& headers, const TakeBytes* take) {
    if (!socket_.is_open()) {
      if (auto connected = connect(); !connected) return tl::unexpected(connected.error());
    }
    Headers all = headers;
    if (!options_.bearer.empty()) all.add("Authorization", "Bearer " + options_.bearer);
    std::string head = request_head(address_, method, target, body, all);
    Status sent;
    if (body.size() < 16 << 10) {
      sent = socket_.write(head.append(body), options_.timeout);
    } else if (sent = socket_.write(head, options_.timeout); sent) {
      sent = socket_.write(body, options_.timeout);
    }
    // A server that refuses a large body answers and closes while we still write.
    auto response = receive(method, take);
    return !sent && !response ? tl::unexpected(sent.error()) : std::move(response);
  }

  Result<Response> receive(Method method, const TakeBytes* take) {
    MessageKind kind =
        method == Method::head ? MessageKind::response_to_head : MessageKind::response;
    uint64_t limit = take ? std::numeric_limits<uint64_t>::max() : options_.max_body_bytes;
    MessageParser parser(kind, {256 << 10, limit});
    bool is_taken = false;
    while (true) {
      if (auto more = fill(parser, is_taken); !more) return tl::unexpected(more.error());
      if (parser.is_done() && parser.head().status / 100 == 1) {
        parser.reset(kind);
        continue;
      }
      if (parser.failure() != ParseFailure::none) {
        return fail(failure_code(parser.failure()), std::string(failure_text(parser.failure())));
      }
      is_taken = take && parser.has_head() && parser.head().status / 100 == 2;
      bool wants_more = true;
      if (is_taken && !parser.body().empty()) {
        wants_more = (*take)(std::exchange(parser.body(), {}));
      }
      if (!parser.is_done() && wants_more) continue;
      if (!wants_more || !parser.head().keep_alive) socket_.close();
      return to_response(parser);
    }
  }

  // Feeds the parser with what is there, or with what comes next.
  Status fill(MessageParser& parser, bool is_stream) {
    if (in_.empty() || used_last_ == 0) {
      auto [to, size] = in_.prepare(64 << 10, 512 << 10);
      auto n = socket_.read(to, size, is_stream ? options_.stream_timeout : options_.timeout);
      if (!n) return tl::unexpected(n.error());
      if (*n == 0) parser.finish();
      in_.commit(*n);
      has_answer_ = has_answer_ || *n > 0;
    }
    used_last_ = parser.feed(in_.view());
    in_.consume(used_last_);
    return {};
  }

  static Response to_response(MessageParser& parser) {
    Response response;
    response.status = parser.head().status;
    if (auto* type = parser.head().headers.find("Content-Type")) response.media_type = *type;
    response.headers = std::move(parser.head().headers);
    response.body = std::move(parser.body());
    return response;
  }

  Address address_;
  ClientOptions options_;
  std::shared_ptr<const TlsContext> tls_;
  ClientSocket socket_;
  ReadBuffer in_;
  size_t used_last_ = 0;
  bool has_answer_ = false;
};

Client::Client(Address address, ClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(address), std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

const Address& Client::address() const { return impl_->address(); }

Result<Response> Client::send(Method method, std::string_view target, std::string_view body,
                              const Headers& headers) {
  return impl_->exchange(method, target, body, headers, nullptr);
}

Result<Response> Client::stream(std::string_view target, const TakeBytes& take,
                                const Headers& headers) {
  return impl_->exchange(Method::get, target, {}, headers, &take);
}

Result<Response> Client::events(std::string_view target, const TakeEvent& take,
                                std::string_view last_event_id) {
  Headers headers;
  headers.add("Accept", "text/event-stream");
  if (!last_event_id.empty()) headers.add("Last-Event-ID", std::string(last_event_id));
  EventParser events;
  auto response = stream(
      target,
      [&](std::string_view bytes) {
        events.feed(bytes);
        while (auto event = events.next()) {
          if (!take(*event)) return false;
        }
        return !events.failed();
      },
      headers);
  if (response && events.failed()) {
    return fail(ErrorCode::too_large, address().to_text() + ": an event is too large");
  }
  return response;
}

Result<Address> Address::parse(std::string_view text) {
  Address address;
  if (text.starts_with("unix:")) text.remove_prefix(5);
  if (text.starts_with("/")) {
    address.unix_path = text;
    return address;
  }
  address.is_tls = text.starts_with("https://");
  bool has_scheme = address.is_tls || text.starts_with("http://");
  if (has_scheme) text.remove_prefix(text.find("//") + 2);
  if (text.ends_with('/')) text.remove_suffix(1);
  std::string whole(text);
  bool has_port = text.find(':', text.rfind(']') == text.npos ? 0 : text.rfind(']')) != text.npos;
  if (has_scheme && !has_port) whole += address.is_tls ? ":443" : ":80";
  auto where = parse_host_port(whole);
  if (!where) return tl::unexpected(where.error());
  address.host = where->host;
  address.port = where->port;
  return address;
}

std::string Address::to_text() const {
  if (!unix_path.empty()) return "unix:" + unix_path;
  bool is_v6 = host.find(':') != std::string::npos;
  std::string scheme = is_tls ? "https://" : "http://";
  return scheme + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool is_digit = c >= '0' && c <= '9';
    if (is_letter || is_digit || c == '-' || c == '.' || c == '_' || c == '~') {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(hex[byte >> 4]);
      out.push_back(hex[byte & 15]);
    }
  }
  return out;
}

}  // namespace pentad::net
