#include "store/cursor.h"

#include <sodium.h>

#include <array>
#include <cstring>

namespace pentad::store {

namespace {

constexpr int kForm = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr size_t kSealBytes = crypto_shorthash_BYTES;
constexpr size_t kNumbersBytes = 3 * sizeof(uint64_t);
constexpr size_t kMaxTextBytes = 64 << 10;  // of a cursor; names are far shorter

void append(std::string& bytes, uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(value >> shift & 0xff);
}

uint64_t take(std::string_view& bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) {
    value |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  bytes.remove_prefix(8);
  return value;
}

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// A keyed checksum: whoever lacks the secret cannot make one that fits.
std::string seal(std::string_view bytes, std::string_view secret) {
  std::array<unsigned char, crypto_shorthash_KEYBYTES> key{};
  crypto_generichash(key.data(), key.size(), raw(secret), secret.size(), nullptr, 0);
  std::array<unsigned char, kSealBytes> out{};
  crypto_shorthash(out.data(), raw(bytes), bytes.size(), key.data());
  return std::string(out.begin(), out.end());
}

}  // namespace

std::string write_cursor(const Cursor& cursor, std::string_view secret) {
  std::string bytes;
  append(bytes, cursor.listing);
  append(bytes, static_cast<uint64_t>(cursor.id));
  append(bytes, static_cast<uint64_t>(cursor.number));
  bytes += cursor.text;
  bytes += seal(bytes, secret);
  std::string text(sodium_base64_encoded_len(bytes.size(), kForm), '\0');
  sodium_bin2base64(text.data(), text.size(), raw(bytes), bytes.size(), kForm);
  text.pop_back();
  return text;
}

Result<Cursor> read_cursor(std::string_view text, std::string_view secret) {
  auto refused = [] {
    return fail(ErrorCode::invalid,
                "this is no cursor of a listing of this centre: leave it out to begin again",
                "/cursor");
  };
  if (text.size() > kMaxTextBytes) return refused();
  std::string buffer(text.size(), '\0');
  size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(buffer.data()), buffer.size(), text.data(),
                        text.size(), nullptr, &length, nullptr, kForm) != 0) {
    return refused();
  }
  std::string_view bytes = std::string_view(buffer).substr(0, length);
  if (bytes.size() < kNumbersBytes + kSealBytes) return refused();
  std::string_view body = bytes.substr(0, bytes.size() - kSealBytes);
  if (bytes.substr(body.size()) != seal(body, secret)) return refused();
  Cursor cursor;
  cursor.listing = take(body);
  cursor.id = static_cast<int64_t>(take(body));
  cursor.number = static_cast<int64_t>(take(body));
  cursor.text = body;
  return cursor;
}

}  // namespace pentad::store
