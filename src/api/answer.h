// How handlers read requests and write answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/body.h"
#include "api/problem.h"
#include "api/services.h"
#include "base/ids.h"
#include "base/reflect.h"
#include "net/message.h"
#include "net/responder.h"

namespace pentad::api {

template <class T>
net::Response json_response(const T& value, int status = 200, WriteMode mode = WriteMode::full) {
  net::Response response;
  response.status = status;
  append_json(response.body, value, mode);
  return response;
}

// A problem with the headers that go with it (Retry-After for what may pass).
net::Response problem_response(const Problem& problem);

// An integer query parameter; its form and bounds have been checked against the endpoint's table.
std::optional<int64_t> integer_parameter(const net::Request& request, std::string_view name);
bool flag_parameter(const net::Request& request, std::string_view name);
std::optional<std::string> text_parameter(const net::Request& request, std::string_view name);

// Parts of a comma-separated list, without the empty ones.
std::vector<std::string> split_list(std::string_view text);
// Ids by commas. The problem's field is `name`.
Answer<std::vector<JobId>> id_list(std::string_view text, std::string_view name);

// {id} of the path. A problem (not found) for what is no positive integer.
Answer<int64_t> path_id(const net::Request& request);

// Who asks, for the record: the user's name over a Unix socket, nothing over TCP.
std::string actor_of(const net::Request& request);

}  // namespace pentad::api
