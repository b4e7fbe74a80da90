// One function a command; each returns the exit code, or throws CommandError.
#pragma once

#include <string>
#include <vector>

#include "api/job_types.h"
#include "cli/options.h"
#include "cli/session.h"

namespace pentad::cli {

// submit.cc
int submit(Session& session, const JobOptions& options);
// Sends one job; without `key` a fresh one is made.
api::Submitted send_submission(Session& session, const api::JobSubmission& submission,
                               const std::string& key);
int modify(Session& session, const std::string& job, const JobOptions& options);

// listing.cc
int queue(Session& session, const QueueOptions& options);
int show(Session& session, const std::string& job);
int status(Session& session);

// follow.cc
int logs(Session& session, const LogOptions& options);
int wait(Session& session, const std::vector<std::string>& jobs);
int run(Session& session, const JobOptions& options);

// control.cc: cancel, hold, release, requeue.
int act_on_jobs(Session& session, const std::string& action, const ManyOptions& options);

// machine.cc
int nodes(Session& session);
int change_node(Session& session, const NodeOptions& options);
int pools(Session& session);
int devices(Session& session);
int reservations(Session& session);
int reserve(Session& session, const ReservationOptions& options);
int unreserve(Session& session, int64_t id);

// apps.cc
int apps(Session& session);
int show_app(Session& session, const std::string& name);

// up.cc
int up(Session& session, const UpOptions& options);
int down(Session& session);

// certificate.cc
int make_certificate(Session& session, const CertificateOptions& options);

// sign_in.cc
int login(Session& session, const LoginOptions& options);
int logout(Session& session);
int whoami(Session& session);
int tokens(Session& session, const std::string& user);
int make_token(Session& session, const PeopleOptions& options);
int sessions(Session& session, const std::string& user);
// `kind`: tokens or sessions.
int end_credential(Session& session, const std::string& kind, const PeopleOptions& options);
int password(Session& session, const PeopleOptions& options);
int second_factor(Session& session, const PeopleOptions& options);

// people.cc
int tenants(Session& session);
int projects(Session& session, const PeopleOptions& options);
int users(Session& session);
int roles(Session& session, const PeopleOptions& options);
int add_tenant(Session& session, const PeopleOptions& options);
int add_project(Session& session, const PeopleOptions& options);
int add_user(Session& session, const PeopleOptions& options);
// `noun`: tenant, project or user; `verb`: freeze, thaw or close.
int change_state(Session& session, const std::string& noun, const std::string& verb,
                 const PeopleOptions& options);
int change_user(Session& session, const PeopleOptions& options);
// `verb`: grant or revoke.
int change_role(Session& session, const std::string& verb, const PeopleOptions& options);

// demo.cc
int demo(Session& session, bool once, const UpOptions& options);

// journal.cc
int journal_verify(Session& session);
int journal_show(Session& session, int64_t from);
// Becomes pentad-twin, which has a command line of its own. Throws CommandError.
[[noreturn]] void twin(std::vector<std::string> words);

// history.cc
int history_export(Session& session, const HistoryOptions& options);

// explain.cc: `as` names the dialect; empty: by the script's directives. `site`: a site's profile;
// empty: that of the centre's directory.
int explain(Session& session, const std::string& script, const std::string& as,
            const std::string& site);

// shims.cc: becomes pentad-front.
int shims(Session& session, const std::string& folder);

// calibrate.cc
int calibrate(Session& session, bool quick);

// top.cc
int top(Session& session);

}  // namespace pentad::cli
