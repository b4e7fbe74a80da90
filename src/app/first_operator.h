// A new centre has nobody in it: this makes the one who makes the others.
#pragma once

#include <string>

#include "app/core_loop.h"
#include "base/result.h"
#include "identity/identity.h"

namespace pentad::app {

// What src/identity needs of the core loop, which must outlive it.
identity::Identity::Outside outside_of(CoreLoop& core, std::function<Time()> now);

// Makes the user "operator" with that role when there is no user at all, and leaves a password for
// the first sign-in in HOME/first-sign-in.txt, for the owner of the home to read. Returns the
// file's path, or nothing when there was nothing to do. `unix_user`: whom their jobs run as, empty
// for none in particular.
Result<std::string> make_first_operator(CoreLoop& core, identity::Identity& identity,
                                        const std::string& home, const std::string& unix_user);

// The file goes when its password has been changed.
void forget_first_password(const std::string& home, const std::string& user);

}  // namespace pentad::app
