// HTTP requests and answers as handlers see them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pentad::net {

enum class Method { get, head, post, put, patch, delete_, options, other };

// "GET", "DELETE", ...; "?" for other.
std::string_view method_name(Method method);
Method method_from_name(std::string_view name);

// Names and values in the order in which they came. Few enough that walking them is fastest.
struct Pairs {
  std::vector<std::pair<std::string, std::string>> items;

  // Value of the first item of that name, nullptr if there is none. Exact match.
  const std::string* find(std::string_view name) const;
};

// Header fields; names are compared without regard to case.
struct Headers {
  std::vector<std::pair<std::string, std::string>> items;

  const std::string* find(std::string_view name) const;
  void add(std::string name, std::string value) {
    items.emplace_back(std::move(name), std::move(value));
  }
};

// Who asks. Over a Unix socket the kernel vouches for uid, gid and pid; over TCP they are -1.
struct Peer {
  bool is_unix = false;
  int64_t uid = -1;
  int64_t gid = -1;
  int64_t pid = -1;
  // "127.0.0.1:54321", "unix"; without a port when a trusted proxy has named it.
  std::string address;
  bool is_tls = false;  // nobody on the way can read along, as far as we know
};

struct Request {
  Method method = Method::get;
  // Percent-decoded, valid UTF-8 without control characters. `segments` are the parts between
  // slashes: a slash that came encoded (%2F) stays inside its segment.
  std::string path;
  std::vector<std::string> segments;
  Pairs path_parameters;  // filled by the router, decoded: {id} of /jobs/{id}
  Pairs query;            // decoded alike, "+" as space
  Headers headers;
  std::string body;
  Peer peer;

  // Value of a header or query parameter, empty if there is none.
  std::string_view header(std::string_view name) const;
  std::string_view query_value(std::string_view name) const;
  std::string_view path_parameter(std::string_view name) const;
};

// Content-Length, Date and Connection are added by the server. Control characters in header values
// become spaces.
struct Response {
  int status = 200;
  std::string media_type = "application/json";
  Headers headers;
  std::string body;
};

// "Not Found" for 404; "Unknown" for numbers without a name.
std::string_view status_phrase(int status);

bool equal_without_case(std::string_view a, std::string_view b);

}  // namespace pentad::net
