// Keeps what must be read again, such as the secrets of second factors, unreadable for whoever has
// the database or a backup alone: XChaCha20-Poly1305 under a key in a file of its own (0600), which
// is made when it is first needed.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pentad::identity {

// As it is stored. `key` names the key, so that the wrong one can be told from damage.
struct Sealed {
  std::string key;
  std::string box;  // nonce and cipher text, base64url
};
BOOST_DESCRIBE_STRUCT(Sealed, (), (key, box))

class Seal {
 public:
  // Without a file there is no key yet. Errors: invalid (it holds no key, or others may read it),
  // failed (it cannot be read).
  static Result<Seal> open(std::string path);

  bool has_key() const { return !key_.empty(); }
  const std::string& path() const { return path_; }
  std::string key_name() const;
  // Makes the key, durably, when there is none; one that appeared in the file meanwhile is taken.
  Status make_key();

  // `label` says what it is and whose: what was sealed as one thing is never opened as another.
  // Needs a key.
  Sealed close(std::string_view text, std::string_view label) const;
  // Nothing: another key's, or damaged.
  std::optional<std::string> reveal(const Sealed& sealed, std::string_view label) const;

 private:
  std::string path_;
  std::string key_;  // 32 bytes
};

}  // namespace pentad::identity
