// What `pentad login` keeps: one secret for each centre, in ~/.config/pentad/credentials.json, for
// its owner's eyes alone.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>

#include "base/result.h"

namespace pentad::cli {

struct Credential {
  std::string user;
  std::string secret;
};
BOOST_DESCRIBE_STRUCT(Credential, (), (user, secret))

// $XDG_CONFIG_HOME/pentad, else ~/.config/pentad.
std::string credentials_path();

// `centre` is its address or the path of its socket. Nothing when there is none, and when others
// could read the file.
std::optional<Credential> stored_credential(const std::string& centre);
// Nothing: forget it. The file is written anew beside the old one, which it then replaces.
Status store_credential(const std::string& centre, const std::optional<Credential>& credential);

}  // namespace pentad::cli
