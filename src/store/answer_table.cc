#include "store/answer_table.h"

#include <soci/soci.h>

#include "base/reflect.h"
#include "store/session.h"
#include "store/write_statement.h"

namespace pentad::store {

struct AnswerTable::Statements {
  std::string actor, key, request_digest, reply;
  int64_t at = 0;
  soci::statement find;
  WriteStatement add;

  explicit Statements(Database& database)
      : find((session_of(database).prepare
                  << "SELECT request_digest, reply, at_ms FROM answers WHERE "
                     "actor = :actor AND answer_key = :key",
              soci::use(actor), soci::use(key), soci::into(request_digest), soci::into(reply),
              soci::into(at))),
        add(database,
            "INSERT INTO answers (actor, answer_key, request_digest, reply, at_ms) VALUES "
            "(:actor, :key, :request_digest, :reply, :at)",
            {{"actor", &actor},
             {"key", &key},
             {"request_digest", &request_digest},
             {"reply", &reply},
             {"at", &at}}) {}
};

AnswerTable::AnswerTable(Database& database)
    : database_(&database), statements_(std::make_unique<Statements>(database)) {}
AnswerTable::~AnswerTable() = default;

std::optional<Answer> AnswerTable::find(const std::string& actor, const std::string& key) {
  if (auto added = added_.find({actor, key}); added != added_.end()) return added->second;
  Statements& s = *statements_;
  s.actor = actor;
  s.key = key;
  if (!fetch_one(s.find)) return std::nullopt;
  Result<Reply> reply = from_json<Reply>(s.reply, ReadMode::lenient);
  if (!reply) throw soci::soci_error("the answer kept for a key cannot be read");
  return Answer{s.request_digest, std::move(*reply), Time{s.at}};
}

void AnswerTable::add(const std::string& actor, const std::string& key, Answer answer) {
  added_[{actor, key}] = std::move(answer);
}

void AnswerTable::write() {
  Statements& s = *statements_;
  for (const auto& [id, answer] : added_) {
    s.actor = id.first;
    s.key = id.second;
    s.request_digest = answer.request_digest;
    s.reply = to_json(answer.reply, WriteMode::compact);
    s.at = answer.at.value;
    s.add.execute();
  }
}

void AnswerTable::expire(Time before) {
  session_of(*database_) << "DELETE FROM answers WHERE at_ms < :before", soci::use(before.value);
}

}  // namespace pentad::store
