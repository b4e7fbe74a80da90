// What a provider of identities is asked over HTTP; libcurl's work. Blocks.
#pragma once

#include <string>

#include "base/result.h"

namespace pentad::identity {

struct HttpCall {
  std::string url;   // https, or http to a loopback address
  std::string form;  // application/x-www-form-urlencoded: posted; empty: a GET
  std::string user;  // Basic authentication, when given
  std::string password;
  std::string ca_file;  // empty: the system's
};

// The body of a 200. Goes to no other address than the one given, waits 10 s at most and takes 1
// MiB at most. Error: unavailable, also for another status, whose body `message` has in part.
Result<std::string> http_call(const HttpCall& call);

// Of a form or a query.
std::string form_encoded(const std::string& text);

}  // namespace pentad::identity
