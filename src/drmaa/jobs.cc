// The functions about jobs: run, control, state, and waiting for their end.
#include <errno.h>
#include <time.h>

#include <algorithm>
#include <string>

#include "drmaa/call.h"
#include "drmaa/drmaa.h"
#include "drmaa/template.h"

using namespace pentad::drmaa;

namespace {

constexpr int64_t kMostBulk = 1'000'000;
constexpr int64_t kOutageMs = 120'000;  // of a centre that restarts while somebody waits

int64_t now_ms() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t{t.tv_sec} * 1000 + t.tv_nsec / 1'000'000;
}

void pause(int64_t ms) {
  timespec t{ms / 1000, ms % 1000 * 1'000'000};
  nanosleep(&t, nullptr);
}

Outcome run(const drmaa_job_template_s& jt, const std::string& bulk) {
  if (!jt.values.contains(DRMAA_REMOTE_COMMAND)) {
    return {DRMAA_ERRNO_CONFLICTING_ATTRIBUTE_VALUES, "drmaa_remote_command is not set", {}};
  }
  Outcome done = Session::the().ask(run_question(jt, bulk));
  if (done.code == DRMAA_ERRNO_SUCCESS) Session::the().add_jobs(done.values);
  return done;
}

// Asks for those of `ids` that have ended until `enough` of them have, or the time is up.
template <class Enough>
Outcome wait_for(const Message& ids, signed long timeout, const Enough& enough) {
  int64_t begin = now_ms(), last_answer = begin;
  for (int64_t pause_ms = 20;; pause_ms = std::min<int64_t>(pause_ms * 3 / 2, 500)) {
    Message question = {"ended"};
    question.insert(question.end(), ids.begin(), ids.end());
    Outcome ended = Session::the().ask(question);
    bool outage = ended.code == DRMAA_ERRNO_DRM_COMMUNICATION_FAILURE &&
                  timeout != DRMAA_TIMEOUT_NO_WAIT && now_ms() - last_answer < kOutageMs;
    if (ended.code != DRMAA_ERRNO_SUCCESS && !outage) return ended;
    if (!outage) last_answer = now_ms();
    if (!outage && enough(ended.values)) return ended;
    int64_t left = timeout < 0 ? pause_ms : int64_t{timeout} * 1000 - (now_ms() - begin);
    if (left <= 0) return {DRMAA_ERRNO_EXIT_TIMEOUT, "", {}};
    pause(std::min(pause_ms, left));
  }
}

Outcome wait_for_one(const std::string& wanted, signed long timeout) {
  Session& session = Session::the();
  bool any = wanted == DRMAA_JOB_IDS_SESSION_ANY;
  if (!any && session.was_taken(wanted)) {
    return {DRMAA_ERRNO_INVALID_JOB, wanted + ": it has been waited for already", {}};
  }
  Message ids = any ? session.jobs() : Message{wanted};
  if (ids.empty()) return {DRMAA_ERRNO_INVALID_JOB, "no job of this session is left", {}};
  while (true) {
    Outcome ended = wait_for(ids, timeout, [](const Message& values) { return !values.empty(); });
    if (ended.code != DRMAA_ERRNO_SUCCESS) return ended;
    std::string id = ended.values.front();
    Outcome result = session.ask({"result", id});
    if (result.code != DRMAA_ERRNO_SUCCESS) return result;
    if (session.take_job(id)) {
      result.values.insert(result.values.begin(), id);
      return result;
    }
    // Another thread was faster.
    std::erase(ids, id);
    if (ids.empty()) return {DRMAA_ERRNO_INVALID_JOB, "no job of this session is left", {}};
  }
}

Outcome synchronize(const Message& wanted, signed long timeout, bool dispose) {
  Session& session = Session::the();
  Message ids;
  for (const std::string& id : wanted) {
    Message more = id == DRMAA_JOB_IDS_SESSION_ALL ? session.jobs() : Message{id};
    ids.insert(ids.end(), more.begin(), more.end());
  }
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  if (ids.empty()) return {};
  for (const std::string& id : ids) {
    if (session.was_taken(id)) return {DRMAA_ERRNO_INVALID_JOB, id + " has been waited for", {}};
  }
  Outcome done =
      wait_for(ids, timeout, [&](const Message& values) { return values.size() == ids.size(); });
  if (done.code != DRMAA_ERRNO_SUCCESS) return done;
  for (const std::string& id : ids) {
    if (dispose) session.take_job(id);
  }
  return {};
}

}  // namespace

extern "C" {

int drmaa_run_job(char* job_id, size_t job_id_size, const drmaa_job_template_t* jt, char* error,
                  size_t error_size) {
  return in_session(error, error_size, [&] {
    if (!job_id || !jt) return bad_argument();
    Outcome done = run(*jt, "");
    if (done.code == DRMAA_ERRNO_SUCCESS) copy(done.values.at(0), job_id, job_id_size);
    return done;
  });
}

int drmaa_run_bulk_jobs(drmaa_job_ids_t** ids, const drmaa_job_template_t* jt, int start, int end,
                        int step, char* error, size_t error_size) {
  return in_session(error, error_size, [&] {
    bool sound = start >= 1 && end >= start && step >= 1 && (end - start) / step < kMostBulk;
    if (!ids || !jt || !sound) return bad_argument();
    end = start + (end - start) / step * step;
    Outcome done =
        run(*jt, std::to_string(start) + '-' + std::to_string(end) + ':' + std::to_string(step));
    if (done.code == DRMAA_ERRNO_SUCCESS) hand_out(ids, done.values);
    return done;
  });
}

int drmaa_control(const char* job_id, int action, char* error, size_t error_size) {
  return in_session(error, error_size, [&] {
    if (!job_id || action < DRMAA_CONTROL_SUSPEND || action > DRMAA_CONTROL_TERMINATE) {
      return bad_argument();
    }
    Session& session = Session::the();
    bool all = job_id == std::string(DRMAA_JOB_IDS_SESSION_ALL);
    Outcome worst;
    for (const std::string& id : all ? session.jobs() : Message{job_id}) {
      Outcome done = session.ask({"control", id, std::to_string(action)});
      if (done.code != DRMAA_ERRNO_SUCCESS) worst = done;
    }
    return worst;
  });
}

int drmaa_job_ps(const char* job_id, int* state, char* error, size_t error_size) {
  return in_session(error, error_size, [&] {
    if (!job_id || !state) return bad_argument();
    Outcome done = Session::the().ask({"state", job_id});
    if (done.code == DRMAA_ERRNO_SUCCESS) *state = std::stoi(done.values.at(0));
    return done;
  });
}

int drmaa_synchronize(const char* job_ids[], signed long timeout, int dispose, char* error,
                      size_t error_size) {
  return in_session(error, error_size, [&] {
    return job_ids ? synchronize(texts(job_ids), timeout, dispose != 0) : bad_argument();
  });
}

int drmaa_wait(const char* job_id, char* job_id_out, size_t job_id_out_size, int* stat,
               signed long timeout, drmaa_attr_values_t** rusage, char* error, size_t error_size) {
  return in_session(error, error_size, [&] {
    if (!job_id) return bad_argument();
    Outcome done = wait_for_one(job_id, timeout);
    if (done.code != DRMAA_ERRNO_SUCCESS) return done;
    copy(done.values.at(0), job_id_out, job_id_out_size);
    if (stat) *stat = std::stoi(done.values.at(1));
    if (rusage) hand_out(rusage, Message(done.values.begin() + 2, done.values.end()));
    return Outcome{};
  });
}

}  // extern "C"
