#include "store/chain.h"

#include <sodium.h>

#include <array>
#include <bit>
#include <vector>

#include "store/audit_table.h"
#include "store/session.h"

namespace pentad::store {

namespace {

// Rows read at once while a journal gets its chain.
constexpr int64_t kRowsAtOnce = 1000;

class Blake {
 public:
  Blake() { crypto_generichash_init(&state_, nullptr, 0, crypto_generichash_BYTES); }

  // Each part with its length, so that no two lists of parts read the same.
  Blake& add(std::string_view text) {
    add(static_cast<int64_t>(text.size()));
    crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(text.data()),
                              text.size());
    return *this;
  }
  Blake& add(int64_t number) {
    std::array<unsigned char, 8> bytes{};
    auto rest = static_cast<uint64_t>(number);
    for (unsigned char& byte : bytes) {
      byte = static_cast<unsigned char>(rest & 0xff);
      rest >>= 8;
    }
    crypto_generichash_update(&state_, bytes.data(), bytes.size());
    return *this;
  }
  std::string hex() {
    std::array<unsigned char, crypto_generichash_BYTES> hash{};
    crypto_generichash_final(&state_, hash.data(), hash.size());
    std::string text(2 * hash.size() + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
    text.pop_back();
    return text;
  }

 private:
  crypto_generichash_state state_;
};

}  // namespace

std::string next_chain(std::string_view before, const JournalEntry& entry) {
  return Blake()
      .add(before)
      .add(entry.seq)
      .add(entry.batch)
      .add(entry.at.value)
      .add(static_cast<int64_t>(entry.core_version))
      .add(std::bit_cast<int64_t>(entry.digest))
      .add(entry.event)
      .hex();
}

std::string first_chain(std::string_view identity) {
  return Blake().add("pentad journal 1").add(identity).hex();
}

std::string chain_base(Database& database) {
  std::string kept;
  soci::session& session = session_of(database);
  session << "SELECT value FROM meta WHERE name = 'chain_base'", soci::into(kept);
  return session.got_data() ? kept : first_chain(database.identity());
}

Result<ChainHead> chain_head(Database& database) {
  return guarded(database, [&] {
    ChainHead head;
    soci::session& session = session_of(database);
    session << "SELECT seq, at_ms, chain FROM journal ORDER BY seq DESC LIMIT 1",
        soci::into(head.seq), soci::into(head.at.value), soci::into(head.chain);
    if (!session.got_data()) head.chain = chain_base(database);
    return head;
  });
}

void fill_chain(Database& database) {
  soci::session& session = session_of(database);
  JournalEntry e;
  int64_t after = 0, core_version = 0, digest = 0;
  std::string chain = chain_base(database);
  soci::statement set = (session.prepare << "UPDATE journal SET chain = :chain WHERE seq = :seq",
                         soci::use(chain), soci::use(e.seq));
  AuditTable audit(database);
  for (bool more = true; more;) {
    std::vector<JournalEntry> rows;
    soci::statement read =
        (session.prepare << "SELECT seq, batch, at_ms, core_version, digest, event FROM journal "
                            "WHERE seq > :after ORDER BY seq LIMIT :count",
         soci::use(after), soci::use(kRowsAtOnce), soci::into(e.seq), soci::into(e.batch),
         soci::into(e.at.value), soci::into(core_version), soci::into(digest), soci::into(e.event));
    for (bool row = read.execute(true); row; row = read.fetch()) {
      e.core_version = static_cast<int32_t>(core_version);
      e.digest = static_cast<uint64_t>(digest);
      rows.push_back(e);
    }
    more = !rows.empty();
    for (const JournalEntry& row : rows) {
      chain = next_chain(chain, row);
      e.seq = after = row.seq;
      set.execute(true);
      audit.add(row);
    }
    audit.write();
    database.impl().finish_writes();
  }
}

}  // namespace pentad::store
