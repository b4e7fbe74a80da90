#include "identity/seal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/assert.h"
#include "identity/secret.h"

namespace pentad::identity {

namespace {

constexpr size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kMacBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

tl::unexpected<Error> errno_failure(const std::string& path) {
  return fail(ErrorCode::failed, std::strerror(errno), path);
}

// The key in that file; empty when there is no file.
Result<std::string> read_key(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT) return std::string();
  if (fd < 0) return errno_failure(path);
  struct stat info {};
  std::array<char, 256> buffer{};
  const bool is_known = fstat(fd, &info) == 0;
  const ssize_t n = read(fd, buffer.data(), buffer.size());
  close(fd);
  if (!is_known || n < 0) return errno_failure(path);
  if ((info.st_mode & 077) != 0) {
    return fail(ErrorCode::invalid, "others may read this key: chmod 600", path);
  }
  std::string_view text(buffer.data(), static_cast<size_t>(n));
  while (text.ends_with('\n')) text.remove_suffix(1);
  auto key = from_base64url(text);
  if (!key || key->size() != kKeyBytes) {
    return fail(ErrorCode::invalid, "it holds no key: put the right file back", path);
  }
  return std::move(*key);
}

// Whole and on disk under another name first: nobody ever sees a part of a key. A file that is
// there already stays.
Status write_key(const std::string& path, const std::string& key) {
  const std::string fresh = fmt::format("{}.{}", path, getpid());
  const int fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return errno_failure(fresh);
  const std::string text = base64url(key) + "\n";
  bool done =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  close(fd);
  done = done && (link(fresh.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int why = errno;
  unlink(fresh.c_str());
  errno = why;
  if (!done) return errno_failure(path);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int directory = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (directory < 0) return errno_failure(folder);
  const bool kept = fsync(directory) == 0;
  close(directory);
  return kept ? Status{} : errno_failure(folder);
}

}  // namespace

Result<Seal> Seal::open(std::string path) {
  auto key = read_key(path);
  if (!key) return tl::unexpected(key.error());
  Seal seal;
  seal.path_ = std::move(path);
  seal.key_ = std::move(*key);
  return seal;
}

std::string Seal::key_name() const { return has_key() ? fingerprint(key_).substr(0, 12) : ""; }

Status Seal::make_key() {
  if (has_key()) return {};
  if (path_.empty()) return fail(ErrorCode::unsupported, "there is no file for the key");
  std::string key(kKeyBytes, '\0');
  randombytes_buf(key.data(), key.size());
  if (Status written = write_key(path_, key); !written) return written;
  auto kept = read_key(path_);  // mine, or one that was quicker
  if (!kept) return tl::unexpected(kept.error());
  key_ = std::move(*kept);
  return {};
}

Sealed Seal::close(std::string_view text, std::string_view label) const {
  PENTAD_ASSERT(has_key(), "nothing is sealed before there is a key");
  std::string box(kNonceBytes + text.size() + kMacBytes, '\0');
  randombytes_buf(box.data(), kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(box) + kNonceBytes, nullptr, bytes(text),
                                             text.size(), bytes(label), label.size(), nullptr,
                                             bytes(box), bytes(key_));
  return {key_name(), base64url(box)};
}

std::optional<std::string> Seal::reveal(const Sealed& sealed, std::string_view label) const {
  const auto box = from_base64url(sealed.box);
  if (!has_key() || !box || box->size() < kNonceBytes + kMacBytes) return {};
  std::string text(box->size() - kNonceBytes - kMacBytes, '\0');
  const int wrong = crypto_aead_xchacha20poly1305_ietf_decrypt(
      bytes(text), nullptr, nullptr, bytes(*box) + kNonceBytes, box->size() - kNonceBytes,
      bytes(label), label.size(), bytes(*box), bytes(key_));
  if (wrong != 0) return {};
  return text;
}

}  // namespace pentad::identity
