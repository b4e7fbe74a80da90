// The address of a centre's database on a PostgreSQL server, and what of it may be shown: the
// password that it can hold stands in no message.
#pragma once

#include <string>

#include "base/result.h"

namespace pentad::store {

// "postgresql://user@host/name?parameter=value". Error: invalid, in words without anything of the
// address.
Status check_url(const std::string& url);

bool holds_password(const std::string& url);

// "postgresql://host/name", for people.
std::string name_of(const std::string& url);

}  // namespace pentad::store
