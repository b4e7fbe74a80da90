#include "twin/trace/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace pentad::trace {

namespace {

class FileSource : public ByteSource {
 public:
  FileSource(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override { close(fd_); }

  Result<size_t> read(char* to, size_t size) override {
    while (true) {
      ssize_t n = ::read(fd_, to, size);
      if (n >= 0) return static_cast<size_t>(n);
      if (errno == EINTR) continue;
      return fail(ErrorCode::failed, fmt::format("cannot be read: {}", std::strerror(errno)),
                  path_);
    }
  }

 private:
  int fd_;
  std::string path_;
};

class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}

  Result<size_t> read(char* to, size_t size) override {
    size_t n = std::min(size, text_.size() - pos_);
    std::memcpy(to, text_.data() + pos_, n);
    pos_ += n;
    return n;
  }

 private:
  std::string text_;
  size_t pos_ = 0;
};

// Gives back bytes that were looked at before the rest of `inner`.
class Pushed : public ByteSource {
 public:
  Pushed(std::string head, std::unique_ptr<ByteSource> inner)
      : head_(std::move(head)), inner_(std::move(inner)) {}

  Result<size_t> read(char* to, size_t size) override {
    if (pos_ == head_.size()) return inner_->read(to, size);
    size_t n = std::min(size, head_.size() - pos_);
    std::memcpy(to, head_.data() + pos_, n);
    pos_ += n;
    return n;
  }

 private:
  std::string head_;
  size_t pos_ = 0;
  std::unique_ptr<ByteSource> inner_;
};

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> packed) : packed_(std::move(packed)) {
    is_ready_ = inflateInit2(&stream_, MAX_WBITS + 16) == Z_OK;  // + 16: gzip, and nothing else
  }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;
  ~GzipSource() override {
    if (is_ready_) inflateEnd(&stream_);
  }

  Result<size_t> read(char* to, size_t size) override {
    if (error_) return tl::unexpected(*error_);
    if (!is_ready_) return stop(ErrorCode::failed, "no memory to unpack gzip data");
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(size, 1 << 30));
    size_t wanted = stream_.avail_out;
    while (stream_.avail_out == wanted && !is_at_end_) {
      if (auto done = step(); !done) return stop(done.error().code, done.error().message);
    }
    return wanted - stream_.avail_out;
  }

 private:
  tl::unexpected<Error> stop(ErrorCode code, std::string message) {
    error_ = Error{code, std::move(message), {}};
    return tl::unexpected(*error_);
  }

  // Unpacks some bytes, or notices the end.
  Status step() {
    if (stream_.avail_in == 0) {
      auto n = packed_->read(in_.data(), in_.size());
      if (!n) return tl::unexpected(n.error());
      stream_.next_in = reinterpret_cast<Bytef*>(in_.data());
      stream_.avail_in = static_cast<uInt>(*n);
      if (*n == 0) {
        is_at_end_ = true;
        if (is_between_) return {};
        return fail(ErrorCode::corrupt, "the gzip data ends early: the file is truncated");
      }
    }
    if (is_between_ && !begin_member()) return {};
    int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      is_between_ = true;
    } else if (code != Z_OK) {
      return fail(ErrorCode::corrupt, fmt::format("the gzip data is damaged: {}",
                                                  stream_.msg ? stream_.msg : "no progress"));
    }
    return {};
  }

  // After a member: skips zeros that pad a block; false when nothing else is there yet.
  bool begin_member() {
    while (stream_.avail_in > 0 && *stream_.next_in == 0) ++stream_.next_in, --stream_.avail_in;
    if (stream_.avail_in == 0) return false;
    inflateReset(&stream_);
    is_between_ = false;
    return true;
  }

  std::unique_ptr<ByteSource> packed_;
  std::array<char, 64 * 1024> in_;
  z_stream stream_ = {};
  bool is_ready_ = false;
  bool is_between_ = false;  // after a member
  bool is_at_end_ = false;
  std::optional<Error> error_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    auto code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::failed;
    return fail(code, fmt::format("cannot be opened: {}", std::strerror(errno)), path);
  }
  auto file = std::make_unique<FileSource>(fd, path);
  struct stat about = {};
  if (fstat(fd, &about) == 0 && S_ISDIR(about.st_mode)) {
    return fail(ErrorCode::failed, "is a directory", path);
  }
  return file;
}

std::unique_ptr<ByteSource> from_text(std::string text) {
  return std::make_unique<TextSource>(std::move(text));
}

std::unique_ptr<ByteSource> prepend(std::string head, std::unique_ptr<ByteSource> rest) {
  return std::make_unique<Pushed>(std::move(head), std::move(rest));
}

Result<std::string> peek(std::unique_ptr<ByteSource>& bytes, size_t size) {
  std::string head(size, '\0');
  size_t length = 0;
  while (length < size) {
    auto n = bytes->read(head.data() + length, size - length);
    if (!n && length == 0) return tl::unexpected(n.error());
    if (!n || *n == 0) break;  // an error stays: it is met again after what came before
    length += *n;
  }
  head.resize(length);
  bytes = prepend(head, std::move(bytes));
  return head;
}

Result<std::unique_ptr<ByteSource>> unpack(std::unique_ptr<ByteSource> bytes) {
  auto head = peek(bytes, 2);
  if (!head) return tl::unexpected(head.error());
  if (*head == "\x1f\x8b") return std::make_unique<GzipSource>(std::move(bytes));
  return bytes;
}

}  // namespace pentad::trace
