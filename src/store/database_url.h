// The address of a centre's database on a PostgreSQL server, and what of it may be shown: the
// password that it can hold stands in no message.
#pragma once

#include <string>

#include "base/result.h"
#include "base/units.h"

namespace pentad::store {

// "postgresql://user@host/name?parameter=value". Error: invalid, in words without anything of the
// address.
Status check_url(const std::string& url);

bool holds_password(const std::string& url);

// The address with what it does not say itself: how long to wait for a server that does not answer,
// at most about `patience`, and who calls.
std::string with_defaults(const std::string& url, Duration patience);

// "postgresql://host/name", for people.
std::string name_of(const std::string& url);

}  // namespace pentad::store
