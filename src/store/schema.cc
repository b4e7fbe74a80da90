#include "store/schema.h"

#include <array>

#include "store/chain.h"

namespace pentad::store {

namespace {

using Text = std::string_view;

// Times are milliseconds since 1970, 0 for none; states and kinds are the numbers that row_codes.h
// fixes; texts that may be absent are empty. backend.h explains {id}, {text} and {clustered}.
constexpr std::array version_1 = {
    Text("CREATE TABLE meta (name {text} PRIMARY KEY, value {text} NOT NULL)"),

    // One row an event. `digest` runs over all events up to this one and what the core made of
    // them, `row_digest` over this row alone; `batch` is the first event of those committed
    // together.
    Text("CREATE TABLE journal (seq {id}, batch BIGINT NOT NULL, at_ms BIGINT NOT NULL, "
         "core_version BIGINT NOT NULL, row_digest BIGINT NOT NULL, digest BIGINT NOT NULL, "
         "event {text} NOT NULL)"),

    // The rows stay; the text of all but the newest few goes.
    Text("CREATE TABLE snapshots (seq {id}, at_ms BIGINT NOT NULL, core_version BIGINT NOT NULL, "
         "state_digest BIGINT NOT NULL, journal_digest BIGINT NOT NULL, bytes BIGINT NOT NULL, "
         "parts BIGINT NOT NULL)"),
    Text("CREATE TABLE snapshot_parts (seq BIGINT NOT NULL REFERENCES snapshots (seq), "
         "part BIGINT NOT NULL, body {text} NOT NULL, PRIMARY KEY (seq, part))"),

    // Scripts and the rest of what a job runs, each distinct content once.
    Text("CREATE TABLE scripts (id {id}, digest {text} NOT NULL UNIQUE, bytes BIGINT NOT NULL, "
         "encoding BIGINT NOT NULL, body {text} NOT NULL)"),
    Text("CREATE TABLE payloads (id {id}, digest {text} NOT NULL UNIQUE, "
         "script_id BIGINT NOT NULL REFERENCES scripts (id), body {text} NOT NULL)"),

    Text("CREATE TABLE jobs (id {id}, name {text} NOT NULL, user_name {text} NOT NULL, "
         "project {text} NOT NULL, qos {text} NOT NULL, workload_class BIGINT NOT NULL, "
         "application {text} NOT NULL, payload_id BIGINT NOT NULL REFERENCES payloads (id), "
         "state BIGINT NOT NULL, reason BIGINT NOT NULL, message {text} NOT NULL, "
         "submitted_ms BIGINT NOT NULL, started_ms BIGINT NOT NULL, ended_ms BIGINT NOT NULL, "
         "pending BIGINT NOT NULL, running BIGINT NOT NULL, succeeded BIGINT NOT NULL, "
         "unsuccessful BIGINT NOT NULL, attempts BIGINT NOT NULL, exit_code BIGINT NOT NULL, "
         "signal BIGINT NOT NULL, ran_ms BIGINT NOT NULL, cpu_user_ms BIGINT NOT NULL, "
         "cpu_system_ms BIGINT NOT NULL, peak_memory_bytes BIGINT NOT NULL, "
         "read_bytes BIGINT NOT NULL, written_bytes BIGINT NOT NULL, request {text} NOT NULL, "
         "outcome {text} NOT NULL)"),
    Text("CREATE INDEX jobs_by_state ON jobs (state, id)"),
    Text("CREATE INDEX jobs_by_user ON jobs (user_name, id)"),
    Text("CREATE INDEX jobs_by_project ON jobs (project, id)"),
    Text("CREATE INDEX jobs_by_name ON jobs (name, id)"),
    Text("CREATE INDEX jobs_by_submission ON jobs (submitted_ms, id)"),
    Text("CREATE INDEX jobs_by_end ON jobs (ended_ms, id)"),
    Text("CREATE INDEX jobs_by_application ON jobs (application, id) WHERE application <> ''"),

    Text("CREATE TABLE attempts (job_id BIGINT NOT NULL REFERENCES jobs (id), "
         "element BIGINT NOT NULL, number BIGINT NOT NULL, state BIGINT NOT NULL, "
         "ordered_ms BIGINT NOT NULL, started_ms BIGINT NOT NULL, ended_ms BIGINT NOT NULL, "
         "end_kind BIGINT NOT NULL, exit_code BIGINT NOT NULL, signal BIGINT NOT NULL, "
         "message {text} NOT NULL, cpu_user_ms BIGINT NOT NULL, cpu_system_ms BIGINT NOT NULL, "
         "peak_memory_bytes BIGINT NOT NULL, read_bytes BIGINT NOT NULL, "
         "written_bytes BIGINT NOT NULL, placement {text} NOT NULL, "
         "PRIMARY KEY (job_id, element, number)) {clustered}"),
};

// Answers to commands that came with a key, so that a repeated one is not carried out twice.
constexpr std::array version_2 = {
    Text("CREATE TABLE answers (actor {text} NOT NULL, answer_key {text} NOT NULL, "
         "request_digest {text} NOT NULL, reply {text} NOT NULL, at_ms BIGINT NOT NULL, "
         "PRIMARY KEY (actor, answer_key)) {clustered}"),
    Text("CREATE INDEX answers_by_time ON answers (at_ms)"),
};

// The audit chain, the log's index, and what the ledger made. Amounts are millionths of a yuan.
constexpr std::array version_3 = {
    // BLAKE2b-256 over the row and the value before, see chain.h.
    Text("ALTER TABLE journal ADD COLUMN chain {text} NOT NULL DEFAULT ''"),
    // A row for each event of the journal that somebody caused.
    Text("CREATE TABLE audit (seq {id}, at_ms BIGINT NOT NULL, actor {text} NOT NULL, "
         "what {text} NOT NULL)"),
    Text("CREATE INDEX audit_by_actor ON audit (actor, seq)"),
    Text("CREATE INDEX audit_by_what ON audit (what, seq)"),

    Text("CREATE TABLE entries (id {id}, at_ms BIGINT NOT NULL, kind {text} NOT NULL, "
         "cause {text} NOT NULL, actor {text} NOT NULL, note {text} NOT NULL, postings {text} NOT "
         "NULL)"),
    Text("CREATE INDEX entries_by_time ON entries (at_ms, id)"),
    Text("CREATE INDEX entries_by_cause ON entries (cause, id)"),
    // What an entry moved on an account.
    Text("CREATE TABLE postings (account {text} NOT NULL, entry BIGINT NOT NULL, "
         "amount BIGINT NOT NULL, PRIMARY KEY (account, entry)) {clustered}"),
    Text("CREATE TABLE charges (id {id}, entry BIGINT NOT NULL, tenant {text} NOT NULL, "
         "project {text} NOT NULL, user_name {text} NOT NULL, job_id BIGINT NOT NULL, "
         "element BIGINT NOT NULL, number BIGINT NOT NULL, month {text} NOT NULL, "
         "started_ms BIGINT NOT NULL, ended_ms BIGINT NOT NULL, total BIGINT NOT NULL, "
         "paid BIGINT NOT NULL, body {text} NOT NULL)"),
    Text("CREATE INDEX charges_by_project ON charges (tenant, project, month, id)"),
    Text("CREATE INDEX charges_by_tenant ON charges (tenant, id)"),
    Text("CREATE INDEX charges_by_user ON charges (user_name, id)"),
    Text("CREATE INDEX charges_by_job ON charges (job_id, id)"),
    // By the event that made them.
    Text("CREATE TABLE notices (seq BIGINT NOT NULL, place BIGINT NOT NULL, "
         "at_ms BIGINT NOT NULL, tenant {text} NOT NULL, project {text} NOT NULL, kind {text} NOT "
         "NULL, "
         "body {text} NOT NULL, PRIMARY KEY (seq, place)) {clustered}"),
    Text("CREATE INDEX notices_by_tenant ON notices (tenant, seq, place)"),
    Text("CREATE TABLE statements (tenant {text} NOT NULL, project {text} NOT NULL, "
         "month {text} NOT NULL, digest {text} NOT NULL, total BIGINT NOT NULL, "
         "charges BIGINT NOT NULL, closed_ms BIGINT NOT NULL, body {text} NOT NULL, "
         "PRIMARY KEY (tenant, project, month)) {clustered}"),
};

// What src/identity keeps, see secret_table.h.
constexpr std::array version_4 = {
    Text("CREATE TABLE secrets (kind {text} NOT NULL, id {text} NOT NULL, body {text} NOT NULL, "
         "PRIMARY KEY (kind, id)) {clustered}"),
};

constexpr std::array<Migration, 4> steps = {
    {{1, version_1}, {2, version_2}, {3, version_3, fill_chain}, {4, version_4}}};

void set_version(soci::session& session, int64_t version) {
  std::string value = std::to_string(version);
  session << "INSERT INTO meta (name, value) VALUES ('schema_version', :value) "
             "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      soci::use(value);
}

}  // namespace

std::span<const Migration> migrations() { return steps; }

Status migrate(Database& database, int64_t from, int64_t to) {
  soci::session& session = session_of(database);
  const Backend& backend = *database.impl().backend;
  for (const Migration& step : migrations()) {
    if (step.version <= from || step.version > to) continue;
    Status done = database.transaction([&]() -> Status {
      for (Text statement : step.statements) session << backend.spell(statement);
      if (step.fill) step.fill(database);
      if (step.version == 1) {
        backend.mark_as_ours(session);
        session << "INSERT INTO meta (name, value) VALUES ('identity', :value)",
            soci::use(database.impl().identity);
      }
      set_version(session, step.version);
      return {};
    });
    if (!done) return done;
  }
  return {};
}

}  // namespace pentad::store
