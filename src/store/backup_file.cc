// The bytes of a backup: zstd, the frames around it, the file.
#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "store/backup_format.h"
#include "store/files.h"

namespace pentad::store {

namespace {

// Frames that zstd passes over: a magic number, the length of what follows, both little-endian.
constexpr std::string_view kFirstFrame("\x50\x2a\x4d\x18\x10\0\0\0pentad backup 1\n", 24);
constexpr std::string_view kLastFrame("\x51\x2a\x4d\x18\x40\0\0\0", 8);
constexpr size_t kDigestDigits = 2 * crypto_generichash_BYTES;
constexpr int64_t kLastFrameBytes = static_cast<int64_t>(kLastFrame.size() + kDigestDigits);
constexpr int kLevel = 3;
constexpr size_t kPieceBytes = size_t{1} << 18;

class Digest {
 public:
  Digest() { crypto_generichash_init(&state_, nullptr, 0, crypto_generichash_BYTES); }
  void add(std::string_view bytes) {
    crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()),
                              bytes.size());
  }
  std::string hex() {
    std::array<unsigned char, crypto_generichash_BYTES> hash{};
    crypto_generichash_final(&state_, hash.data(), hash.size());
    std::string text(kDigestDigits + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
    text.pop_back();
    return text;
  }

 private:
  crypto_generichash_state state_;
};

tl::unexpected<Error> not_whole() {
  return fail(ErrorCode::corrupt,
              "the backup is damaged: it was cut short or altered after it was written");
}

// Hands on the bytes from `from` to `to`, piece by piece. Corrupt when there are fewer.
Status for_each_piece(const ReadAt& read, int64_t from, int64_t to, const BackupProgress& progress,
                      const std::function<Status(std::string_view)>& use) {
  std::vector<char> piece(kPieceBytes);
  const int64_t first = from;
  while (from < to) {
    const size_t wanted = std::min(piece.size(), static_cast<size_t>(to - from));
    Result<size_t> got = read(from, piece.data(), wanted);
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) return not_whole();
    if (Status used = use({piece.data(), *got}); !used) return used;
    from += static_cast<int64_t>(*got);
    if (progress) {
      if (Status on = progress(from - first, to - first); !on) return on;
    }
  }
  return {};
}

Result<std::string> read_text(const ReadAt& read, int64_t from, int64_t to) {
  std::string text;
  Status got = for_each_piece(read, from, to, {}, [&](std::string_view piece) -> Status {
    text += piece;
    return {};
  });
  if (!got) return tl::unexpected(got.error());
  return text;
}

struct FreeDecoder {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};
struct FreeEncoder {
  void operator()(ZSTD_CStream* stream) const { ZSTD_freeCStream(stream); }
};

}  // namespace

Status check_backup_digest(const ReadAt& read, int64_t size, const BackupProgress& progress) {
  const auto first_bytes = static_cast<int64_t>(kFirstFrame.size());
  Result<std::string> first = read_text(read, 0, std::min(size, first_bytes));
  if (!first) return tl::unexpected(first.error());
  if (*first != kFirstFrame) {
    return fail(ErrorCode::invalid, "this is not a backup of a Pentad centre");
  }
  const int64_t last_at = size - kLastFrameBytes;
  if (last_at < first_bytes) return not_whole();
  Digest digest;
  Status all = for_each_piece(read, 0, last_at, progress, [&](std::string_view piece) -> Status {
    digest.add(piece);
    return {};
  });
  if (!all) return all;
  Result<std::string> last = read_text(read, last_at, size);
  if (!last) return tl::unexpected(last.error());
  return *last == std::string(kLastFrame) + digest.hex() ? Status{} : not_whole();
}

Status read_backup(const ReadAt& read, int64_t size, BackupSink sink,
                   const BackupProgress& progress) {
  BackupParser parser(std::move(sink));
  std::unique_ptr<ZSTD_DStream, FreeDecoder> stream(ZSTD_createDStream());
  std::vector<char> text(ZSTD_DStreamOutSize());
  Status done = for_each_piece(read, 0, size, progress, [&](std::string_view piece) -> Status {
    ZSTD_inBuffer in{piece.data(), piece.size(), 0};
    for (bool more = true; more;) {
      ZSTD_outBuffer out{text.data(), text.size(), 0};
      if (ZSTD_isError(ZSTD_decompressStream(stream.get(), &out, &in))) return not_whole();
      if (Status fed = parser.feed({text.data(), out.pos}); !fed) return fed;
      // A full buffer: there may be more to come of the same bytes.
      more = in.pos < in.size || out.pos == out.size;
    }
    return {};
  });
  return done ? parser.finish() : done;
}

struct BackupFile::State {
  std::string path, name;  // where it goes, and as it is called until then
  int fd = -1;
  int64_t bytes = 0;
  Digest digest;
  std::unique_ptr<ZSTD_CStream, FreeEncoder> stream{ZSTD_createCStream()};
  std::vector<char> out = std::vector<char>(ZSTD_CStreamOutSize());

  ~State() {
    if (fd >= 0) close(fd);
    if (!name.empty()) unlink(name.c_str());
  }
  Status put(std::string_view text);
  Status pack(std::string_view text, ZSTD_EndDirective how);
};

Status BackupFile::State::put(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return tl::unexpected(system_failure("write", path, errno));
    bytes += n;
    text.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

Status BackupFile::State::pack(std::string_view text, ZSTD_EndDirective how) {
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  for (size_t left = 1; left != 0 && (how == ZSTD_e_end || in.pos < in.size);) {
    ZSTD_outBuffer packed{out.data(), out.size(), 0};
    left = ZSTD_compressStream2(stream.get(), &packed, &in, how);
    if (ZSTD_isError(left)) return fail(ErrorCode::failed, ZSTD_getErrorName(left), path);
    digest.add({out.data(), packed.pos});
    if (Status written = put({out.data(), packed.pos}); !written) return written;
    if (how != ZSTD_e_end) left = 1;
  }
  return {};
}

BackupFile::BackupFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
BackupFile::BackupFile(BackupFile&&) noexcept = default;
BackupFile& BackupFile::operator=(BackupFile&&) noexcept = default;
BackupFile::~BackupFile() = default;

int64_t BackupFile::bytes() const { return state_->bytes; }

Result<BackupFile> BackupFile::create(const std::string& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  const size_t slash = path.rfind('/');
  const size_t base = slash == std::string::npos ? 0 : slash + 1;
  std::string name = path.substr(0, base) + "." + path.substr(base) + ".XXXXXX";
  state->fd = mkostemp(name.data(), O_CLOEXEC);
  if (state->fd < 0) return tl::unexpected(system_failure("make", path, errno));
  state->name = name;
  fchmod(state->fd, 0600);
  ZSTD_CCtx_setParameter(state->stream.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(state->stream.get(), ZSTD_c_checksumFlag, 1);
  state->digest.add(kFirstFrame);
  if (Status written = state->put(kFirstFrame); !written) return tl::unexpected(written.error());
  return BackupFile(std::move(state));
}

Status BackupFile::write(std::string_view text) { return state_->pack(text, ZSTD_e_continue); }

Status BackupFile::finish(bool replace) {
  State& s = *state_;
  Status done = s.pack("", ZSTD_e_end);
  if (done) done = s.put(std::string(kLastFrame) + s.digest.hex());
  if (!done) return done;
  if (fsync(s.fd) != 0) return tl::unexpected(system_failure("write", s.path, errno));
  if (!replace &&
      renameat2(AT_FDCWD, s.name.c_str(), AT_FDCWD, s.path.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST) {
      return fail(ErrorCode::invalid, "there is a file of this name: nothing was changed", s.path);
    }
    if (errno != EINVAL && errno != ENOSYS) {
      return tl::unexpected(system_failure("make", s.path, errno));
    }
    // A file system that cannot: the caller has looked before.
    replace = true;
  }
  if (replace) {
    if (Status renamed = rename_file(s.name, s.path); !renamed) return renamed;
  } else if (Status synced = sync_directory_of(s.path); !synced) {
    return synced;
  }
  s.name.clear();
  return {};
}

}  // namespace pentad::store
