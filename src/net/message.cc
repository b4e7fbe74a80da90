#include "net/message.h"

#include <algorithm>
#include <array>

namespace pentad::net {

namespace {

struct MethodName {
  Method method;
  std::string_view name;
};
constexpr std::array method_names{
    MethodName{Method::get, "GET"},         MethodName{Method::head, "HEAD"},
    MethodName{Method::post, "POST"},       MethodName{Method::put, "PUT"},
    MethodName{Method::patch, "PATCH"},     MethodName{Method::delete_, "DELETE"},
    MethodName{Method::options, "OPTIONS"},
};

struct StatusPhrase {
  int status;
  std::string_view phrase;
};
constexpr std::array status_phrases{
    StatusPhrase{200, "OK"},
    StatusPhrase{201, "Created"},
    StatusPhrase{202, "Accepted"},
    StatusPhrase{204, "No Content"},
    StatusPhrase{206, "Partial Content"},
    StatusPhrase{301, "Moved Permanently"},
    StatusPhrase{302, "Found"},
    StatusPhrase{303, "See Other"},
    StatusPhrase{304, "Not Modified"},
    StatusPhrase{307, "Temporary Redirect"},
    StatusPhrase{308, "Permanent Redirect"},
    StatusPhrase{400, "Bad Request"},
    StatusPhrase{401, "Unauthorized"},
    StatusPhrase{402, "Payment Required"},
    StatusPhrase{403, "Forbidden"},
    StatusPhrase{404, "Not Found"},
    StatusPhrase{405, "Method Not Allowed"},
    StatusPhrase{406, "Not Acceptable"},
    StatusPhrase{408, "Request Timeout"},
    StatusPhrase{409, "Conflict"},
    StatusPhrase{410, "Gone"},
    StatusPhrase{412, "Precondition Failed"},
    StatusPhrase{413, "Content Too Large"},
    StatusPhrase{415, "Unsupported Media Type"},
    StatusPhrase{416, "Range Not Satisfiable"},
    StatusPhrase{417, "Expectation Failed"},
    StatusPhrase{422, "Unprocessable Content"},
    StatusPhrase{428, "Precondition Required"},
    StatusPhrase{429, "Too Many Requests"},
    StatusPhrase{431, "Request Header Fields Too Large"},
    StatusPhrase{500, "Internal Server Error"},
    StatusPhrase{501, "Not Implemented"},
    StatusPhrase{502, "Bad Gateway"},
    StatusPhrase{503, "Service Unavailable"},
    StatusPhrase{504, "Gateway Timeout"},
    StatusPhrase{505, "HTTP Version Not Supported"},
    StatusPhrase{507, "Insufficient Storage"},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view or_empty(const std::string* text) {
  return text ? std::string_view(*text) : std::string_view();
}

}  // namespace

std::string_view method_name(Method method) {
  for (const auto& [m, name] : method_names) {
    if (m == method) return name;
  }
  return "?";
}

Method method_from_name(std::string_view name) {
  for (const auto& entry : method_names) {
    if (entry.name == name) return entry.method;
  }
  return Method::other;
}

std::string_view status_phrase(int status) {
  for (const auto& entry : status_phrases) {
    if (entry.status == status) return entry.phrase;
  }
  return "Unknown";
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* Pairs::find(std::string_view name) const {
  for (const auto& [key, value] : items) {
    if (key == name) return &value;
  }
  return nullptr;
}

const std::string* Headers::find(std::string_view name) const {
  for (const auto& [key, value] : items) {
    if (equal_without_case(key, name)) return &value;
  }
  return nullptr;
}

std::string_view Request::header(std::string_view name) const {
  return or_empty(headers.find(name));
}

std::string_view Request::query_value(std::string_view name) const {
  return or_empty(query.find(name));
}

std::string_view Request::path_parameter(std::string_view name) const {
  return or_empty(path_parameters.find(name));
}

}  // namespace pentad::net
