// The only translation unit that includes Boost.Beast.
#include "net/http_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>
#include <variant>

namespace pentad::net {

namespace http = boost::beast::http;
using boost::beast::error_code;

// Hands what Beast finds straight to our own structures.
template <bool is_request>
class Collector final : public http::basic_parser<is_request> {
 public:
  using BeastText = boost::beast::string_view;

  explicit Collector(MessageParser& to) : to_(to) {}

 private:
  static std::string_view view(BeastText text) { return {text.data(), text.size()}; }

  void on_request_impl(http::verb, BeastText method, BeastText target, int version,
                       error_code&) override {
    to_.head_.method = view(method);
    to_.head_.target = view(target);
    to_.head_.is_http_1_1 = version == 11;
  }
  void on_response_impl(int status, BeastText, int version, error_code&) override {
    to_.head_.status = status;
    to_.head_.is_http_1_1 = version == 11;
  }
  void on_field_impl(http::field field, BeastText name, BeastText value, error_code& ec) override {
    if (is_in_trailer_) return;
    // Beast takes "gzip" or "chunked, gzip" for no body at all, which lets a request hide in
    // another.
    if (field == http::field::transfer_encoding && !equal_without_case(view(value), "chunked")) {
      ec = http::error::bad_transfer_encoding;
      to_.failure_ = ParseFailure::transfer_coding;
    }
    to_.head_.headers.add(std::string(view(name)), std::string(view(value)));
  }
  void on_header_impl(error_code&) override {
    is_in_trailer_ = true;
    to_.head_.keep_alive = this->keep_alive();
    to_.head_.is_chunked = this->chunked();
    if (auto length = this->content_length()) to_.head_.content_length = *length;
  }
  void on_body_init_impl(const boost::optional<uint64_t>& length, error_code&) override {
    if (length) to_.body_.reserve(std::min<uint64_t>(*length, 1 << 20));
  }
  size_t on_body_impl(BeastText bytes, error_code&) override {
    to_.body_.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(uint64_t size, BeastText, error_code&) override {
    to_.chunk_left_ = size;
  }
  size_t on_chunk_body_impl(uint64_t left, BeastText bytes, error_code&) override {
    to_.chunk_left_ = left - bytes.size();
    to_.body_.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

  MessageParser& to_;
  bool is_in_trailer_ = false;
};

struct MessageParser::Impl {
  std::variant<std::monostate, Collector<true>, Collector<false>> parser;

  // Calls f(parser) for the one in use.
  template <class F>
  auto with(F&& f) {
    return parser.index() == 1 ? f(std::get<1>(parser)) : f(std::get<2>(parser));
  }
};

namespace {

ParseFailure failure_of(error_code ec) {
  if (ec == http::error::header_limit) return ParseFailure::headers_too_large;
  if (ec == http::error::body_limit) return ParseFailure::body_too_large;
  if (ec == http::error::bad_version) return ParseFailure::version;
  if (ec == http::error::partial_message) return ParseFailure::cut_short;
  return ParseFailure::malformed;
}

}  // namespace

MessageParser::MessageParser(MessageKind kind, ParserLimits limits)
    : kind_(kind), limits_(limits), impl_(std::make_unique<Impl>()) {
  reset(kind);
}

MessageParser::~MessageParser() = default;

void MessageParser::reset(MessageKind kind) {
  kind_ = kind;
  header_bytes_ = 0;
  chunk_left_ = 0;
  failure_ = ParseFailure::none;
  head_ = {};
  body_.clear();
  if (kind == MessageKind::request) {
    impl_->parser.emplace<1>(*this);
  } else {
    impl_->parser.emplace<2>(*this);
  }
  impl_->with([&](auto& parser) {
    parser.eager(false);  // until the head is done, to know how long it was
    parser.header_limit(static_cast<uint32_t>(limits_.header_bytes));
    parser.body_limit(limits_.body_bytes);
    if (kind == MessageKind::response_to_head) parser.skip(true);
  });
}

size_t MessageParser::put(std::string_view bytes) {
  error_code ec;
  size_t used = impl_->with([&](auto& parser) {
    return parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  });
  if (ec && ec != http::error::need_more && failure_ == ParseFailure::none) {
    failure_ = failure_of(ec);
  }
  return used;
}

size_t MessageParser::feed(std::string_view bytes) {
  auto can_go_on = [&] { return failure_ == ParseFailure::none && !is_done(); };
  size_t used = 0;
  if (can_go_on() && !bytes.empty() && !has_head()) {
    used = put(bytes);
    // Beast limits the request line, the fields and what one call leaves over each by itself.
    header_bytes_ += used;
    size_t waiting = has_head() ? 0 : bytes.size() - used;
    if (failure_ == ParseFailure::none && header_bytes_ + waiting > limits_.header_bytes) {
      failure_ = ParseFailure::headers_too_large;
    }
    if (!has_head()) return used;
    impl_->with([](auto& parser) { parser.eager(true); });
  }
  // Beast 1.81 asserts that it is never asked twice about fewer than the five bytes of a last
  // chunk.
  bool is_at_chunk_head = head_.is_chunked && chunk_left_ == 0;
  size_t least = is_at_chunk_head ? 5 : 1;
  if (can_go_on() && bytes.size() - used >= least) used += put(bytes.substr(used));
  return used;
}

void MessageParser::finish() {
  if (failure_ != ParseFailure::none || is_done()) return;
  if (!has_started()) {
    failure_ = ParseFailure::cut_short;
    return;
  }
  error_code ec;
  impl_->with([&](auto& parser) { parser.put_eof(ec); });
  if (ec) failure_ = failure_of(ec);
}

bool MessageParser::has_head() const {
  return impl_->with([](const auto& parser) { return parser.is_header_done(); });
}

bool MessageParser::is_done() const {
  return impl_->with([](const auto& parser) { return parser.is_done(); });
}

bool MessageParser::has_started() const {
  return impl_->with([](const auto& parser) { return parser.got_some(); });
}

}  // namespace pentad::net
