// The result of something that can fail for a reason outside our control (disk, network, database,
// child process). Refusals of a request are values of their own (see model/refusal.h); bugs assert.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace pentad {

// What a caller can react to; anything else is `failed`.
enum class ErrorCode {
  failed,       // no better word
  not_found,    // the thing named does not exist
  invalid,      // input that cannot be understood
  unsupported,  // understood, but this version or machine cannot do it
  disk_full,    // no space, quota or file-size limit
  unavailable,  // nobody answers, or not now
  corrupt,      // stored data is damaged
  too_large,    // above a stated limit
  timed_out,
};

// `message` is a sentence for a person; `path` names the offending field or file where there is
// one.
struct Error {
  ErrorCode code = ErrorCode::failed;
  std::string message;
  std::string path;
};

template <class T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string path = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(path)});
}

}  // namespace pentad
