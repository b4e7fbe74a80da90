// Where the bytes of a trace come from: a file, memory, either of them through gzip.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pentad::trace {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills at most `size` bytes at `to`; 0 means the end. Errors: failed, corrupt (with what is
  // wrong). An error or the end stays.
  virtual Result<size_t> read(char* to, size_t size) = 0;
};

// Errors: not_found, failed (not a readable file).
Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);

// Keeps a copy of `text`.
std::unique_ptr<ByteSource> from_text(std::string text);

// Gives back `head`, which was read from `rest` before.
std::unique_ptr<ByteSource> prepend(std::string head, std::unique_ptr<ByteSource> rest);

// The first bytes of `bytes`, at most `size`; they are then still to be read.
Result<std::string> peek(std::unique_ptr<ByteSource>& bytes, size_t size);

// The bytes themselves, or what they unpack to when they begin as gzip does (members one after the
// other count as one). Packed data that ends early or is damaged is an error after the bytes that
// came before.
Result<std::unique_ptr<ByteSource>> unpack(std::unique_ptr<ByteSource> bytes);

}  // namespace pentad::trace
