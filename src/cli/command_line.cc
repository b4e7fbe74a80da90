#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>
#include <memory>

#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "cli/version.h"

namespace pentad::cli {

namespace {

// All commands with the options they fill; parsing one sets `command_`.
class Grammar {
 public:
  Grammar();
  CLI::App& app() { return app_; }
  // What came after --: a program with options of its own.
  void set_program(std::vector<std::string> program);
  int carry_out();

 private:
  using Command = std::function<int(Session&)>;
  CLI::App* add(const std::string& name, const std::string& help, Command command,
                CLI::App* parent = nullptr);
  void globals(CLI::App* command);
  void job_options(CLI::App* command, JobOptions& o);
  void take_command(CLI::App* command, const char* usage, bool is_program);
  void resource_options(CLI::App* command, JobOptions& o);
  void when_options(CLI::App* command, JobOptions& o);
  void file_options(CLI::App* command, JobOptions& o);

  void centre_commands();
  void job_commands();
  void following_commands();
  void acting_commands();
  void machine_commands();
  CLI::App* noun(const std::string& name, const std::string& help, Command list);
  void account_commands();
  void people_commands();
  void other_commands();
  void verb_commands(const std::vector<Verb>& verbs);

  Globals globals_;
  Command command_;
  CLI::App app_{"Pentad runs a computing centre: on this machine it is one.", "pentad"};
  UpOptions up_;
  CertificateOptions certificate_;
  JobOptions job_;
  QueueOptions queue_;
  LogOptions log_;
  ManyOptions many_;
  NodeOptions node_;
  ReservationOptions reservation_;
  HistoryOptions history_;
  LoginOptions login_;
  PeopleOptions people_;
  Values values_;
  std::map<std::string, CLI::App*> nouns_;
  std::vector<std::string> names_;
  std::string word_;
  std::string dialect_, site_;
  int64_t number_ = 0;
  bool once_ = false;
};

// An option that may be repeated takes one value each time: what follows it is something else.
void one_value_each(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) option->allow_extra_args(false);
  }
  for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) one_value_each(*sub);
}

Grammar::Grammar() {
  app_.require_subcommand(1);
  app_.set_version_flag("--version", std::string("pentad ") + kVersion);
  app_.get_formatter()->column_width(34);
  globals(&app_);
  centre_commands();
  job_commands();
  following_commands();
  acting_commands();
  machine_commands();
  account_commands();
  people_commands();
  other_commands();
  for (auto verbs : {price_verbs, account_verbs, statement_verbs, grant_verbs}) {
    verb_commands(verbs());
  }
  one_value_each(app_);
  app_.footer(
      "Examples:\n"
      "  pentad up --detach                      start the centre of this machine\n"
      "  pentad submit --cores 4 --time 1h job.sh\n"
      "  pentad run --memory 2GiB -- ./simulate --steps 1000\n"
      "  pentad queue; pentad show 12; pentad logs -f 12\n"
      "`pentad COMMAND --help` says more.");
}

void Grammar::globals(CLI::App* command) {
  command->add_flag("--json", globals_.json, "Answer as JSON, for programs");
  command->add_option("--home", globals_.home, "The centre's directory (PENTAD_HOME, else ./var)");
  command->add_option("--url", globals_.url,
                      "A centre elsewhere, such as https://centre.example.org (PENTAD_URL)");
  command->add_option("--ca", globals_.authorities,
                      "File of the certificates that are trusted instead of the system's "
                      "(PENTAD_CA)");
}

CLI::App* Grammar::add(const std::string& name, const std::string& help, Command command,
                       CLI::App* parent) {
  CLI::App* sub = (parent ? parent : &app_)->add_subcommand(name, help);
  if (command) {
    sub->final_callback([this, command = std::move(command)] { command_ = command; });
  }
  globals(sub);
  return sub;
}

void Grammar::centre_commands() {
  CLI::App* up_command = add("up", "Start the centre here; it stays until Ctrl-C or `pentad down`",
                             [this](Session& s) { return up(s, up_); });
  up_command->add_flag("-d,--detach", up_.detach, "Go to the background");
  up_command->add_option("--listen", up_.listen,
                         "Address and port, such as 127.0.0.1:6580; port 0: any");
  up_command->add_flag("--insecure-listen", up_.insecure_listen,
                       "Listen beyond this machine without TLS");
  CLI::App* certificate = add("certificate", "Make a self-signed certificate for a first try",
                              [this](Session& s) { return make_certificate(s, certificate_); });
  certificate->add_option("--self-signed", certificate_.hosts, "Names and addresses of the centre")
      ->required()
      ->expected(1, 100);
  certificate->add_option("--certificate", certificate_.certificate,
                          "File to make (HOME/tls/certificate.pem)");
  certificate->add_option("--key", certificate_.key, "File to make (HOME/tls/key.pem)");
  certificate->add_option("--days", certificate_.days, "How long it is good")
      ->check(CLI::Range(1, 3650));
  add("down", "Stop the centre; what runs goes on", [](Session& s) { return down(s); });
  add("status", "How the centre is", [](Session& s) { return status(s); });
  CLI::App* demo_command = add("demo", "Start a centre and run three real applications on it",
                               [this](Session& s) { return demo(s, once_, up_); });
  demo_command->add_flag("--once", once_, "Stop after the table instead of staying up");
  demo_command->add_option("--listen", up_.listen);
  CLI::App* journal = add("journal", "The journal of everything that happened", nullptr);
  journal->require_subcommand(1);
  add(
      "verify", "Replay it from the start and compare",
      [](Session& s) { return journal_verify(s); }, journal);
  CLI::App* show_command = add(
      "show", "Print events as JSON lines", [this](Session& s) { return journal_show(s, number_); },
      journal);
  show_command->add_option("--from", number_, "Sequence number to begin with");
  // For the list of commands only: twin() is called before anything is parsed.
  add("twin", "Replay jobs on a centre that may not exist yet: `pentad twin --help`",
      [](Session&) { return static_cast<int>(kOk); });
  CLI::App* history = add("history", "What ran here, for the twin to replay", nullptr);
  history->require_subcommand(1);
  CLI::App* export_command = add(
      "export", "Write jobs, finished or not, as JSON lines",
      [this](Session& s) { return history_export(s, history_); }, history);
  export_command->add_option("--since", history_.since,
                             "Submitted at or after: 30d (ago), 2026-11-01");
  export_command->add_option("--until", history_.until, "Submitted before: 7d (ago), 2026-12-01");
  export_command->add_option("-o,--output", history_.output, "A file; default: standard output");
}

void Grammar::resource_options(CLI::App* c, JobOptions& o) {
  const char* group = "What it needs";
  c->add_option("-c,--cores", o.cores, "Cores on each node")->group(group);
  c->add_option("-N,--nodes", o.nodes, "Nodes, all at once or not at all")->group(group);
  c->add_option("-m,--memory", o.memory, "Memory on each node: 4GiB, 512M")->group(group);
  c->add_option("-t,--time", o.time, "Walltime: 90s, 1h30m, 2d")->group(group);
  c->add_option("-G,--devices,--gpus", o.devices, "Devices (GPUs) on each node")->group(group);
  c->add_option("--device-kind", o.device_kind, "gpu, dcu or npu")->group(group);
  c->add_option("--device-model", o.device_models, "Allowed models; may be repeated")->group(group);
  c->add_option("--device-share", o.device_share, "Part of each device: 25% or 250 thousandths")
      ->group(group);
  c->add_flag("--exclusive", o.exclusive, "Whole nodes")->group(group);
  c->add_option("--feature", o.features, "A node must have it; may be repeated")->group(group);
  c->add_option("--pool", o.pools, "Allowed pools; may be repeated")->group(group);
  c->add_option("--licence,--license", o.licences, "name or name:count; may be repeated")
      ->group(group);
  c->add_option("--reservation", o.reservation, "Run inside this advance reservation")
      ->group(group);
  c->add_option("--wish", o.wish, "cheapest, fastest or greenest of the devices that fit")
      ->group(group);
}

void Grammar::when_options(CLI::App* c, JobOptions& o) {
  const char* group = "When";
  c->add_option("--after", o.after,
                "Conditions on other jobs: ok:12, ended:12|ok:13, each:12, singleton")
      ->group(group);
  c->add_option("--begin", o.begin, "Not before: 16:00, now+2h, 2026-11-22T16:00")->group(group);
  c->add_option("--deadline", o.deadline, "Must have ended by then")->group(group);
  c->add_option("--priority", o.priority, "Below 0 to stand back")->group(group);
}

void Grammar::file_options(CLI::App* c, JobOptions& o) {
  const char* group = "Files and environment";
  c->add_option("-e,--env", o.env, "NAME=VALUE; may be repeated")->group(group);
  c->add_flag("--export", o.export_env, "Hand this shell's environment to the job")->group(group);
  c->add_option("-w,--workdir", o.workdir, "Working directory; default: the present one")
      ->group(group);
  c->add_option("-o,--output", o.out, "Standard output: a path with %j job, %a index, %x name")
      ->group(group);
  c->add_option("--error", o.err, "Standard error; default: with standard output")->group(group);
  c->add_option("-i,--input", o.in, "Standard input; default: none")->group(group);
  c->add_flag("--append", o.append, "Append to output files")->group(group);
  c->add_option("--run-as", o.run_as, "Unix user, when the centre runs as root")->group(group);
}

void Grammar::job_options(CLI::App* c, JobOptions& o) {
  c->add_option("--name", o.name, "Name in lists; default: the program's");
  c->add_option("--user", o.user, "Default: you");
  c->add_option("--project", o.project, "Pays and counts for fair share");
  c->add_option("--qos", o.qos, "Class of service");
  c->add_option("--app", o.app, "An application of the catalogue, see `pentad apps`");
  c->add_option("--set", o.set, "NAME=VALUE of the application; may be repeated");
  c->add_option("--class", o.workload_class, "simulation, training or inference");
  c->add_option("--precision", o.precision, "fp64, fp32, bf16, int8, ...: what it computes in");
  resource_options(c, o);
  when_options(c, o);
  file_options(c, o);
  const char* group = "Running again, warnings";
  c->add_option("--requeue-code", o.requeue_codes, "Exit codes after which it runs again")
      ->group(group);
  c->add_option("--requeue-max", o.requeue_max, "Runs again at most this often")->group(group);
  c->add_flag("--no-requeue", o.no_requeue, "Do not run again when a node is lost")->group(group);
  c->add_option("--warn", o.warn, "Signal before the limit: USR1@60s")->group(group);
  c->add_flag("--keep", o.keep_impossible, "Stay in the queue when --after can never hold")
      ->group(group);
  c->add_option("--idempotency-key", o.key, "The same key never submits twice")->group(group);
}

// What follows the options belongs to the job, options of its own included.
void Grammar::take_command(CLI::App* c, const char* usage, bool is_program) {
  c->prefix_command()->footer(usage);
  c->parse_complete_callback([this, c, is_program] {
    std::vector<std::string> words = c->remaining();
    if (words.empty()) return;
    if (words[0].size() > 1 && words[0][0] == '-') {
      throw CLI::ExtrasError(c->get_name(), {words[0]});
    }
    if (job_.is_argv && !is_program) {
      throw CLI::ValidationError("give either a script or, after --, a program");
    }
    if (job_.is_argv) words.push_back("--");  // it was one of the program's words
    job_.command.insert(job_.command.begin(), words.begin(), words.end());
    job_.is_argv = is_program;
  });
}

void Grammar::job_commands() {
  CLI::App* submit_command = add("submit", "Submit a script, a program or an application",
                                 [this](Session& s) { return submit(s, job_); });
  job_options(submit_command, job_);
  take_command(submit_command,
               "Write: pentad submit [OPTIONS] SCRIPT [ARGUMENTS]   (- for standard input)\n"
               "       pentad submit [OPTIONS] -- PROGRAM [ARGUMENTS]\n"
               "       pentad submit [OPTIONS] --app NAME [--set NAME=VALUE]...",
               false);
  submit_command->add_option("-a,--array", job_.array, "Indices: 0-9, 1,3,5, 0-15:4, 0-99%10");
  submit_command->add_option("--as", job_.as,
                             "Whose script it is: slurm, pbspro, torque, lsf, sge or pentad; "
                             "left out: by its directives");
  submit_command->add_flag("-H,--hold", job_.hold, "Submit held");
  submit_command->add_flag("-n,--dry-run", job_.dry_run, "Only say whether and when it would run");
  submit_command->add_flag("--wait", job_.wait, "Wait for the end; exit with the job's code");

  CLI::App* run_command =
      add("run", "Run a command here and now: waits, streams, exits with its code",
          [this](Session& s) { return run(s, job_); });
  job_options(run_command, job_);
  take_command(run_command, "Write: pentad run [OPTIONS] [--] PROGRAM [ARGUMENTS]", true);

  CLI::App* modify_command =
      add("modify", "Change a waiting job", [this](Session& s) { return modify(s, word_, job_); });
  modify_command->add_option("job", word_, "Number of the job")->required();
  modify_command->add_option("--name", job_.name);
  modify_command->add_option("--project", job_.project);
  modify_command->add_option("--qos", job_.qos);
  resource_options(modify_command, job_);
  when_options(modify_command, job_);
  modify_command->add_option("-a,--array", job_.array, "%N: how many may run at once");
}

void Grammar::following_commands() {
  CLI::App* queue_command = add("queue", "List jobs: what waits and runs, or all",
                                [this](Session& s) { return queue(s, queue_); });
  queue_command->add_flag("-a,--all", queue_.all, "Ended ones too");
  queue_command->add_option("-s,--state", queue_.state, "Such as running, failed; may be repeated")
      ->delimiter(',');
  queue_command->add_option("-u,--user", queue_.user);
  queue_command->add_option("--project", queue_.project);
  queue_command->add_option("--name", queue_.name);
  queue_command->add_option("--app", queue_.app);
  queue_command->add_option("--since", queue_.since, "Submitted in the last 2h, 3d, ...");
  queue_command->add_option("--sort", queue_.sort,
                            "id, submitted or ended; - before it: descending");
  queue_command->add_option("-l,--limit", queue_.limit, "At most this many; default 50")
      ->check(CLI::NonNegativeNumber);

  CLI::App* show_command =
      add("show", "Everything about one job", [this](Session& s) { return show(s, word_); });
  show_command->add_option("job", word_, "Number of the job")->required();

  CLI::App* logs_command =
      add("logs", "What a job wrote", [this](Session& s) { return logs(s, log_); });
  logs_command->add_option("job", log_.job, "Number of the job, or job_index")->required();
  logs_command->add_flag("-f,--follow", log_.follow, "Go on until it ends");
  logs_command->add_flag("--stderr", log_.errors, "Standard error");
  logs_command->add_option("--attempt", log_.attempt, "Default: the last");
  logs_command->add_option("--tail", log_.tail, "Only the last bytes");

  CLI::App* wait_command = add("wait", "Wait for jobs to end; exit with their code",
                               [this](Session& s) { return wait(s, names_); });
  wait_command->add_option("job", names_, "Numbers of jobs")->required();
  add("top", "Live view of queue and nodes; q quits", [](Session& s) { return top(s); });
}

void Grammar::acting_commands() {
  struct Row {
    const char* name;
    const char* help;
  };
  for (Row row :
       {Row{"cancel", "End jobs, or elements of an array (12_3-7)"},
        Row{"hold", "Keep waiting jobs from starting"}, Row{"release", "Let held jobs start"},
        Row{"requeue", "Stop running jobs and put them back into the queue"}}) {
    std::string name = row.name;
    CLI::App* c =
        add(name, row.help, [this, name](Session& s) { return act_on_jobs(s, name, many_); });
    c->add_option("job", many_.jobs, "Numbers of jobs");
    c->add_option("-u,--user", many_.user, "All of this user");
    c->add_option("--project", many_.project, "All of this project");
    c->add_option("--name", many_.name, "All with exactly this name");
    c->add_option("-s,--state", many_.state, "All in these states")->delimiter(',');
    c->add_flag("--all", many_.all, "All unfinished jobs");
    if (name == "hold" || name == "release")
      c->add_flag("--operator", many_.by_operator, "As operator");
    if (name == "requeue") c->add_flag("--hold", many_.hold, "Put back held");
  }
}

void Grammar::machine_commands() {
  CLI::App* list = add("nodes", "The machines and what they do; drain, down, resume one", nullptr);
  list->require_subcommand(0, 1);
  list->final_callback([this, list] {
    if (list->get_subcommands().empty()) command_ = [](Session& s) { return nodes(s); };
  });
  struct Row {
    const char* name;
    const char* state;
    const char* help;
  };
  for (Row row : {Row{"drain", "draining", "Finish what runs, take nothing new"},
                  Row{"down", "down", "End what runs there and take nothing new"},
                  Row{"resume", "up", "Take jobs again"}}) {
    std::string state = row.state;
    CLI::App* c = add(
        row.name, row.help,
        [this, state](Session& s) {
          node_.state = state;
          return change_node(s, node_);
        },
        list);
    c->add_option("node", node_.node)->required();
    c->add_option("-r,--reason", node_.reason, "For people");
  }
  add("pools", "Nodes of one make", [](Session& s) { return pools(s); });
  add("devices", "Device models and how fast they are", [](Session& s) { return devices(s); });
  CLI::App* r = add("reservations", "Advance reservations; add or remove one", nullptr);
  r->require_subcommand(0, 1);
  r->final_callback([this, r] {
    if (r->get_subcommands().empty()) command_ = [](Session& s) { return reservations(s); };
  });
  CLI::App* new_one = add(
      "add", "Keep nodes for somebody", [this](Session& s) { return reserve(s, reservation_); }, r);
  new_one->add_option("--name", reservation_.name)->required();
  new_one->add_option("--nodes", reservation_.nodes)->required()->delimiter(',');
  new_one->add_option("--begin", reservation_.begin, "Default: now");
  new_one->add_option("--end", reservation_.end, "A time, or +2h after the begin")->required();
  new_one->add_option("--users", reservation_.users)->delimiter(',');
  new_one->add_option("--projects", reservation_.projects)->delimiter(',');
  CLI::App* remove = add(
      "remove", "Give the nodes back", [this](Session& s) { return unreserve(s, reservation_.id); },
      r);
  remove->add_option("id", reservation_.id)->required();
}

// A command that lists, with others below it.
CLI::App* Grammar::noun(const std::string& name, const std::string& help, Command list) {
  CLI::App* c = add(name, help, nullptr);
  c->require_subcommand(0, 1);
  add("list", "All of them; the same as no verb", list, c)->fallthrough();
  c->final_callback([this, c, list = std::move(list)] {
    if (c->get_subcommands().empty()) command_ = list;
  });
  return c;
}

void Grammar::account_commands() {
  CLI::App* in = add("login", "Sign in; the session is kept in ~/.config/pentad",
                     [this](Session& s) { return login(s, login_); });
  in->add_option("-u,--user", login_.user, "Left out: asked for");
  in->add_option("--code", login_.code, "Of the second factor");
  in->add_flag("--password-stdin", login_.password_stdin,
               "First line of standard input; a new one, when it must be, in the second");
  in->add_flag("--token-stdin", login_.token_stdin, "Keep this API token instead");
  add("logout", "End the session", [](Session& s) { return logout(s); });
  add("whoami", "Who you are here, with roles and projects", [](Session& s) { return whoami(s); });

  CLI::App* t = noun("token", "API tokens, for programs; add or revoke one",
                     [this](Session& s) { return tokens(s, people_.user); });
  t->add_option("--user", people_.user, "Of somebody else, for operators");
  CLI::App* more = add(
      "add", "Make a token; its secret is shown once",
      [this](Session& s) { return make_token(s, people_); }, t);
  more->add_option("name", people_.name, "For people: what it is for")->required();
  more->add_option("--scope", people_.scopes, "read, jobs, all or permissions")->delimiter(',');
  more->add_option("--days", people_.days, "Until it ends; default 90");
  CLI::App* less = add(
      "revoke", "End a token, at once",
      [this](Session& s) { return end_credential(s, "tokens", people_); }, t);
  less->add_option("id", people_.name)->required();
  less->add_option("--user", people_.user, "Of somebody else, for operators");

  CLI::App* open = noun("session", "Where you are signed in; end one",
                        [this](Session& s) { return sessions(s, people_.user); });
  open->add_option("--user", people_.user, "Of somebody else, for operators");
  CLI::App* end = add(
      "end", "End a session, at once",
      [this](Session& s) { return end_credential(s, "sessions", people_); }, open);
  end->add_option("id", people_.name)->required();
  end->add_option("--user", people_.user, "Of somebody else, for operators");
}

void Grammar::people_commands() {
  CLI::App* t = noun("tenant", "Tenants; add, freeze, thaw, close one",
                     [](Session& s) { return tenants(s); });
  CLI::App* p = noun("project", "Projects; add, freeze, thaw, close one",
                     [this](Session& s) { return projects(s, people_); });
  p->add_option("--tenant", people_.tenant, "Of this tenant");
  CLI::App* u = noun("user", "Users; add, set, freeze, thaw, close one; password, totp",
                     [](Session& s) { return users(s); });
  struct Noun {
    const char* name;
    CLI::App* app;
    int (*make)(Session&, const PeopleOptions&);
  };
  for (const Noun& n : {Noun{"tenant", t, add_tenant}, Noun{"project", p, add_project},
                        Noun{"user", u, add_user}}) {
    CLI::App* more = add(
        "add", "Make one", [this, make = n.make](Session& s) { return make(s, people_); }, n.app);
    more->add_option("name", people_.name, n.app == p ? "TENANT/NAME" : "")->required();
    more->add_option("--title", people_.title, "For people");
    if (n.app == u) {
      more->add_option("--email", people_.email);
      more->add_option("--unix-user", people_.unix_user, "Whom their jobs run as");
      more->add_flag("--no-password", people_.no_password, "They sign in otherwise");
    }
    struct Verb {
      const char* name;
      const char* what;
    };
    for (const Verb& verb : {Verb{"freeze", "Nothing new is taken or started; what runs runs on"},
                             Verb{"thaw", "Ends the freeze"}, Verb{"close", "For good"}}) {
      CLI::App* c = add(
          verb.name, verb.what,
          [this, noun = std::string(n.name), name = verb.name](Session& s) {
            return change_state(s, noun, name, people_);
          },
          n.app);
      c->add_option("name", people_.name)->required();
    }
  }
  CLI::App* set = add(
      "set", "Change what is known of a user",
      [this](Session& s) { return change_user(s, people_); }, u);
  set->add_option("name", people_.name)->required();
  set->add_option("--title", people_.title);
  set->add_option("--email", people_.email);
  set->add_option("--unix-user", people_.unix_user);
  CLI::App* pass = add(
      "password", "Change yours, or make a new first one for NAME",
      [this](Session& s) { return password(s, people_); }, u);
  pass->add_option("name", people_.name);
  pass->add_flag("--password-stdin", people_.password_stdin, "Old and new, a line each");
  pass->add_flag("--forget-all", people_.forget_all, "End tokens, remove the second factor");
  CLI::App* totp = add(
      "totp", "Begin with a second factor, or remove it",
      [this](Session& s) { return second_factor(s, people_); }, u);
  totp->add_flag("--remove", people_.remove);
  totp->add_option("--code", people_.code);

  CLI::App* r = noun("role", "Who has which role; grant or revoke one",
                     [this](Session& s) { return roles(s, people_); });
  r->add_option("--user", people_.user);
  r->add_option("--tenant", people_.tenant);
  for (const char* verb : {"grant", "revoke"}) {
    CLI::App* c = add(
        verb, "", [this, verb](Session& s) { return change_role(s, verb, people_); }, r);
    c->add_option("user", people_.user)->required();
    c->add_option("role", people_.role,
                  "centre_operator, finance, auditor, tenant_admin, project_manager, member")
        ->required();
    c->add_option("where", people_.where, "TENANT or TENANT/PROJECT");
  }
}

void Grammar::other_commands() {
  CLI::App* apps_command = add("apps", "Applications of the catalogue", [this](Session& s) {
    return word_.empty() ? apps(s) : show_app(s, word_);
  });
  apps_command->add_option("name", word_, "One application, with its parameters");
  CLI::App* explain_command =
      add("explain", "What a Slurm, PBS, LSF or Grid Engine script becomes here; 1: refused",
          [this](Session& s) { return explain(s, word_, dialect_, site_); });
  explain_command->add_option("script", word_, "- for standard input")->required();
  explain_command->add_option("--as", dialect_, "slurm, pbspro, torque, lsf or sge");
  explain_command->add_option("--site", site_, "The site's profile (the centre's site.toml)");
  CLI::App* shims_command =
      add("shims", "Make links in a folder for sbatch, qsub, bsub and the others, for the PATH",
          [this](Session& s) { return shims(s, word_); });
  shims_command->add_option("folder", word_)->required();
  CLI::App* calibrate_command = add("calibrate", "Measure this node's throughput and store it",
                                    [this](Session& s) { return calibrate(s, once_); });
  calibrate_command->add_flag("--quick", once_, "About five seconds instead of half a minute");
  CLI::App* shell = add("completion", "Print a completion script: bash, zsh or fish",
                        [this](Session&) { return completion(word_); });
  shell->add_option("shell", word_)->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  add("version", "Print the version", [](Session& s) {
    if (s.json()) {
      fmt::print("{{\"version\":\"{}\"}}\n", kVersion);
    } else {
      fmt::print("pentad {}\n", kVersion);
    }
    return static_cast<int>(kOk);
  });
}

// Nouns with their verbs; a noun without one of its own needs a verb.
void Grammar::verb_commands(const std::vector<Verb>& verbs) {
  for (const Verb& verb : verbs) {
    std::string noun(verb.noun);
    CLI::App*& parent = nouns_[noun];
    if (!parent) {
      parent = add(noun, std::string(verb.verb.empty() ? verb.help : ""), nullptr);
      parent->require_subcommand(verb.verb.empty() ? 0 : 1, 1);
    }
    auto carry_out = [this, run = verb.carry_out](Session& s) { return run(s, values_); };
    CLI::App* command = parent;
    if (verb.verb.empty()) {
      parent->final_callback([this, parent = parent, carry_out] {
        if (parent->get_subcommands().empty()) command_ = carry_out;
      });
    } else {
      command = add(std::string(verb.verb), std::string(verb.help), carry_out, parent);
      if (parent->get_description().empty()) parent->description(std::string(verb.help));
    }
    for (const VerbOption& o : verb.options) {
      std::string name(o.name), key = name.substr(name.find_first_not_of('-'));
      std::string help(o.help);
      if (o.kind == VerbOption::Kind::flag) {
        command->add_flag_callback(
            name, [this, key] { values_.given[key] = {"yes"}; }, help);
        continue;
      }
      CLI::Option* option = nullptr;
      if (o.kind == VerbOption::Kind::many) {
        option = command->add_option(name, values_.given[key], help);
      } else {
        auto keep = [this, key](const std::string& value) { values_.given[key] = {value}; };
        option = command->add_option_function<std::string>(name, keep, help);
      }
      if (o.required) option->required();
    }
  }
}

std::string from_environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

void Grammar::set_program(std::vector<std::string> program) {
  job_.command = std::move(program);
  job_.is_argv = true;
}

int Grammar::carry_out() {
  if (globals_.home.empty()) globals_.home = from_environment("PENTAD_HOME", "var");
  if (globals_.url.empty()) globals_.url = from_environment("PENTAD_URL", "");
  if (globals_.authorities.empty()) globals_.authorities = from_environment("PENTAD_CA", "");
  Session session(globals_);
  return command_(session);
}

CommandWords words_of(const CLI::App& app) {
  CommandWords words{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.options.push_back("--" + name);
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.commands.push_back(words_of(*sub));
  }
  return words;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  try {
    if (argc > 1 && std::string_view(argv[1]) == "twin") twin({argv + 2, argv + argc});
    if (argc > 2 && std::string_view(argv[1]) == "--json" && std::string_view(argv[2]) == "twin") {
      std::vector<std::string> words{argv + 3, argv + argc};
      words.emplace_back("--json");
      twin(std::move(words));
    }
  } catch (const CommandError& error) {
    fmt::print(stderr, "pentad: {}\n", error.what());
    return error.code;
  }
  Grammar grammar;
  int own = 1;
  while (own < argc && std::string_view(argv[own]) != "--") ++own;
  if (own < argc) grammar.set_program({argv + own + 1, argv + argc});
  try {
    grammar.app().parse(own, argv);
  } catch (const CLI::ParseError& error) {
    std::vector<std::string> unknown = grammar.app().remaining();
    if (!unknown.empty() && grammar.app().get_subcommands().empty()) {
      fmt::print(stderr, "pentad: there is no {} `{}`; pentad --help lists them\n",
                 unknown[0].starts_with("-") ? "option" : "command", printable(unknown[0]));
      return kUsage;
    }
    int code = grammar.app().exit(error);
    return code == 0 ? kOk : kUsage;
  }
  try {
    return grammar.carry_out();
  } catch (const CommandError& error) {
    fmt::print(stderr, "{}{}\n", error.verbatim ? "" : "pentad: ", error.what());
    return error.code;
  }
}

CommandWords command_words() {
  Grammar grammar;
  return words_of(grammar.app());
}

}  // namespace pentad::cli
