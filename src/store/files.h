// What the store does with files and directories by itself. Private to src/store.
#pragma once

#include <string>

#include "base/result.h"

namespace pentad::store {

// "cannot <what> <path>: ..." for an errno; disk_full, unavailable or failed.
Error system_failure(const char* what, const std::string& path, int error);

// Makes `path` and what is missing above it, durably. Error: what the system says.
Status make_directories(const std::string& path);

// Gives a file another name in the same directory, durably. Error: what the system says.
Status rename_file(const std::string& from, const std::string& to);

// Makes durable which files are in the directory of `path`. Error: what the system says.
Status sync_directory_of(const std::string& path);

}  // namespace pentad::store
