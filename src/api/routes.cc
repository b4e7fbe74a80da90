#include "api/routes.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <memory>
#include <utility>

#include "api/answer.h"
#include "api/authenticate.h"
#include "api/checks.h"
#include "api/endpoints.h"

namespace pentad::api {

namespace {

using Clock = std::chrono::steady_clock;

// Counts and times the answer on its way.
class Measured final : public net::ResponderBackend {
 public:
  Measured(net::Responder inner, Metrics& metrics, const Endpoint& endpoint)
      : inner_(std::move(inner)), metrics_(metrics), endpoint_(endpoint) {}

  void send(net::Response response) override {
    note(response.status);
    inner_.send(std::move(response));
  }
  std::shared_ptr<net::StreamBackend> start_stream(net::Response head,
                                                   net::StreamOptions options) override;

 private:
  void note(int status) {
    std::chrono::duration<double> took = Clock::now() - begin_;
    metrics_.request(endpoint_.id, status, took.count());
  }

  net::Responder inner_;
  Metrics& metrics_;
  const Endpoint& endpoint_;
  Clock::time_point begin_ = Clock::now();
};

// A stream seen through a handle of another.
class Forwarded final : public net::StreamBackend {
 public:
  explicit Forwarded(net::Stream stream) : stream_(std::move(stream)) {}
  net::WriteResult write(std::string_view data) override { return stream_.write(data); }
  void end(std::string_view last_words) override { stream_.end(last_words); }
  bool is_open() const override { return stream_.is_open(); }
  void on_writable(std::function<void()> callback) override {
    stream_.on_writable(std::move(callback));
  }
  void on_close(std::function<void()> callback) override { stream_.on_close(std::move(callback)); }

 private:
  net::Stream stream_;
};

std::shared_ptr<net::StreamBackend> Measured::start_stream(net::Response head,
                                                           net::StreamOptions options) {
  note(head.status);
  return std::make_shared<Forwarded>(inner_.stream(std::move(head), std::move(options)));
}

Problem bad_parameter(std::string_view name, std::string detail, std::string hint = {}) {
  return problem("invalid-parameter", std::move(detail), std::string(name), std::move(hint));
}

std::string join(const std::vector<std::string_view>& words) {
  std::string out;
  for (std::string_view word : words) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

std::optional<Problem> check_value(const Parameter& p, const std::string& text) {
  switch (p.type) {
    case ParameterType::boolean:
      if (text == "true" || text == "false" || text == "1" || text == "0") return {};
      return bad_parameter(p.name, "expected true or false");
    case ParameterType::integer: {
      int64_t value = 0;
      auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      bool is_number = !text.empty() && error == std::errc() && end == text.data() + text.size();
      if (is_number && (p.max <= p.min || (value >= p.min && value <= p.max))) return {};
      return bad_parameter(p.name,
                           fmt::format("expected a whole number from {} to {}", p.min, p.max));
    }
    case ParameterType::text:
      break;
  }
  if (auto complaint = check_line(text)) return bad_parameter(p.name, *complaint);
  bool listed = p.one_of.empty();
  for (std::string_view word : p.one_of) listed |= word == text;
  if (listed) return {};
  return bad_parameter(p.name, "expected one of " + join(p.one_of));
}

std::optional<Problem> check_query(const Endpoint& endpoint, const net::Request& request) {
  std::vector<std::string_view> known, seen;
  for (const Parameter& p : endpoint.parameters) {
    if (!p.is_header) known.push_back(p.name);
  }
  for (const auto& [name, value] : request.query.items) {
    const Parameter* found = nullptr;
    for (const Parameter& p : endpoint.parameters) {
      if (!p.is_header && p.name == name) found = &p;
    }
    if (!found) {
      return bad_parameter(name.substr(0, 64), "this address has no such query parameter",
                           known.empty() ? "it takes none" : "it takes " + join(known));
    }
    for (std::string_view other : seen) {
      if (other == found->name) return bad_parameter(name, "the parameter stands there twice");
    }
    seen.push_back(found->name);
    if (auto p = check_value(*found, value)) return p;
  }
  return {};
}

std::optional<Problem> check_body(const Endpoint& endpoint, const net::Request& request) {
  if (!endpoint.body) {
    if (request.body.empty()) return {};
    return problem("invalid-value", "this address takes no body");
  }
  if (request.body.empty()) {
    if (endpoint.body_may_be_empty) return {};
    return problem("malformed-json", "the body is empty", {}, "send JSON");
  }
  std::string_view media = request.header("Content-Type");
  media = media.substr(0, media.find(';'));
  while (media.ends_with(' ')) media.remove_suffix(1);
  if (net::equal_without_case(media, "application/json")) return {};
  return problem("unsupported-media-type",
                 media.empty() ? "the request does not say what its body is"
                               : fmt::format("the body is said to be `{}`", media.substr(0, 64)),
                 "Content-Type", "send the header Content-Type: application/json");
}

// Who asks, when they may ask for this at all.
Answer<Caller> admit(const Services& services, const Endpoint& endpoint,
                     const net::Request& request) {
  Answer<Caller> caller = authenticate(services, request);
  // A bad credential is no reason to hide what everybody may see.
  if (endpoint.permission == Permission::open) {
    if (caller) return caller;
    Caller nobody;
    nobody.from = address_of(request);
    return nobody;
  }
  if (!caller) return caller;
  if (caller->proof == Proof::none) {
    return tl::unexpected(problem("not-signed-in", "this needs a token or a session", {},
                                  "sign in: `pentad login`, or send Authorization: Bearer TOKEN"));
  }
  if (caller->may_somewhere(endpoint.permission)) return caller;
  return tl::unexpected(
      problem("not-permitted",
              fmt::format("{} may not do this: it needs the permission {}", caller->user,
                          boost::describe::enum_to_string(endpoint.permission, "?")),
              {}, "docs/permissions.md tells which roles have it"));
}

void serve(const Services& services, const Endpoint& endpoint, net::Request request,
           net::Responder responder) {
  net::Responder measured(
      std::make_shared<Measured>(std::move(responder), services.metrics, endpoint));
  Answer<Caller> caller = admit(services, endpoint, request);
  if (!caller) return measured.send(problem_response(caller.error()));
  if (auto p = check_query(endpoint, request)) return measured.send(problem_response(*p));
  if (auto p = check_body(endpoint, request)) return measured.send(problem_response(*p));
  endpoint.handler(services, Request{std::move(request), std::move(*caller)}, std::move(measured));
}

}  // namespace

net::Router make_router(const Services& services) {
  net::Router router;
  for (const Endpoint& endpoint : endpoints()) {
    router.add(endpoint.method, endpoint.path,
               [&services, &endpoint](net::Request request, net::Responder responder) {
                 serve(services, endpoint, std::move(request), std::move(responder));
               });
  }
  return router;
}

}  // namespace pentad::api
