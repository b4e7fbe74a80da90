#include "identity/identity.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "base/reflect.h"
#include "identity/secret.h"

namespace pentad::identity {

namespace {

constexpr int kThreads = 2;
constexpr size_t kMostWaiting = 200;
constexpr Duration kWriteUseAfter = minutes(5);

template <class Record>
Result<Record> read_body(const store::SecretRow& row) {
  auto record = from_json<Record>(row.body, ReadMode::lenient);
  if (!record) {
    return fail(ErrorCode::corrupt, "a stored " + row.kind + " cannot be read", row.id);
  }
  return record;
}

// A session whose password must be changed is good for that alone.
PermissionSet only_own() {
  PermissionSet set;
  for (const Permission p : {Permission::open, Permission::own_view, Permission::own_change}) {
    set.set(static_cast<size_t>(p));
  }
  return set;
}

}  // namespace

Identity::Identity(Settings settings, Outside outside)
    : settings_(std::move(settings)), outside_(std::move(outside)) {}

Result<std::unique_ptr<Identity>> Identity::open(Settings settings,
                                                 const std::vector<store::SecretRow>& rows,
                                                 Outside outside) {
  if (sodium_init() < 0) return fail(ErrorCode::failed, "libsodium does not start");
  std::unique_ptr<Identity> identity(  // tidy: allow new because the constructor is private
      new Identity(std::move(settings), std::move(outside)));
  if (Status loaded = identity->load(rows); !loaded) return tl::unexpected(loaded.error());
  for (int i = 0; i < kThreads; ++i) {
    identity->threads_.emplace_back([raw = identity.get()] { raw->run(); });
  }
  return identity;
}

Identity::~Identity() { stop(); }

const std::string& Identity::decoy() {
  std::call_once(decoy_made_, [this] {
    decoy_ = hash_password(random_text(16), settings_.password_cost).value_or("");
  });
  return decoy_;
}

void Identity::stop() {
  {
    std::lock_guard lock(queue_mutex_);
    stopping_ = true;
    queue_.clear();
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

Status Identity::load(const std::vector<store::SecretRow>& rows) {
  auto seal = Seal::open(settings_.key_file);
  if (!seal) return tl::unexpected(seal.error());
  seal_ = std::move(*seal);
  std::vector<std::string> in_clear;
  for (const store::SecretRow& row : rows) {
    if (row.kind == kPasswordKind) {
      auto record = read_body<PasswordRecord>(row);
      if (!record) return tl::unexpected(record.error());
      passwords_[row.id] = std::move(*record);
    } else if (row.kind == kTotpKind) {
      load_totp(row, in_clear);
    } else if (row.kind == kTokenKind) {
      auto record = read_body<TokenRecord>(row);
      if (!record) return tl::unexpected(record.error());
      remember(row.id, *record);
      tokens_[row.id] = std::move(*record);
    } else if (row.kind == kSessionKind) {
      auto record = read_body<SessionRecord>(row);
      if (!record) return tl::unexpected(record.error());
      remember(row.id, *record);
      sessions_[row.id] = std::move(*record);
    } else if (row.kind == kSubjectKind) {
      auto record = read_body<SubjectRecord>(row);
      if (!record) return tl::unexpected(record.error());
      subjects_[row.id] = record->user;
    }
  }
  return seal_all(in_clear);
}

void Identity::remember(const std::string& id, const TokenRecord& record) {
  auto entry = std::make_shared<Entry>();
  entry->id = id;
  entry->user = record.user;
  entry->expires = record.expires;
  entry->scopes = scopes_from(record.scopes).value_or(PermissionSet{});
  entry->last_used_ms = entry->written_ms = record.last_used.value;
  entries_[record.fingerprint] = std::move(entry);
}

void Identity::remember(const std::string& id, const SessionRecord& record) {
  auto entry = std::make_shared<Entry>();
  entry->id = id;
  entry->user = record.user;
  entry->is_session = true;
  entry->expires = record.expires;
  if (record.must_change) entry->scopes = only_own();
  entry->last_used_ms = entry->written_ms = record.last_used.value;
  entries_[record.fingerprint] = std::move(entry);
}

std::optional<Proven> Identity::prove(std::string_view secret, std::string_view address) {
  const bool has_form = secret.size() < 128 &&
                        (secret.starts_with(kTokenPrefix) || secret.starts_with(kSessionPrefix));
  if (!has_form) return {};
  std::shared_ptr<Entry> entry;
  {
    std::shared_lock lock(mutex_);
    // By its fingerprint: how long the look-up takes tells nothing about the secret.
    auto found = entries_.find(fingerprint(secret));
    if (found == entries_.end()) return {};
    entry = found->second;
  }
  const Time now = outside_.now();
  if (now >= entry->expires) return {};
  const bool is_idle = now - Time{entry->last_used_ms.load()} > settings_.session_idle;
  if (entry->is_session && is_idle) return {};
  const auto directory = outside_.directory();
  const User* user = directory->find_user(entry->user);
  if (!user || user->state == AccountState::closed) return {};
  note_use(entry, address, now);
  return Proven{entry->user, entry->id, entry->is_session, entry->scopes};
}

std::optional<Time> Identity::expired_at(std::string_view secret) const {
  const Time now = outside_.now();
  std::shared_lock lock(mutex_);
  auto found = entries_.find(fingerprint(secret));
  if (found == entries_.end()) return {};
  const Entry& entry = *found->second;
  Time end = entry.expires;
  if (entry.is_session) {
    end = std::min(end, Time{entry.last_used_ms.load()} + settings_.session_idle);
  }
  return now >= end ? std::optional(end) : std::nullopt;
}

// In memory each time, on disk now and then.
void Identity::note_use(const std::shared_ptr<Entry>& entry, std::string_view address, Time now) {
  entry->last_used_ms = now.value;
  int64_t written = entry->written_ms.load();
  if (now.value - written < kWriteUseAfter.value) return;
  if (!entry->written_ms.compare_exchange_strong(written, now.value)) return;
  later([this, entry, now, from = std::string(address)] {
    store::SecretChange change{entry->is_session ? kSessionKind : kTokenKind, entry->id, {}};
    {
      std::unique_lock lock(mutex_);
      if (entry->is_session) {
        auto found = sessions_.find(entry->id);
        if (found == sessions_.end()) return;
        found->second.last_used = now;
        found->second.from = from;
        change.body = to_json(found->second);
      } else {
        auto found = tokens_.find(entry->id);
        if (found == tokens_.end()) return;
        found->second.last_used = now;
        found->second.last_from = from;
        change.body = to_json(found->second);
      }
    }
    outside_.keep({std::move(change)}, [](const Status&) {});
  });
}

bool Identity::later(std::function<void()> task) {
  {
    std::lock_guard lock(queue_mutex_);
    if (stopping_ || queue_.size() >= kMostWaiting) return false;
    queue_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void Identity::run() {
  std::unique_lock lock(queue_mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    auto task = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
}

}  // namespace pentad::identity
