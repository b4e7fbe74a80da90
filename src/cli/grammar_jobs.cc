// Commands about jobs: submit, run, modify, queue, show, logs, wait, cancel, hold, ...
#include "cli/commands.h"
#include "cli/grammar.h"

namespace pentad::cli {

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
    if (name != "requeue") continue;
    c->add_flag("--hold", many_.hold, "Put back held");
    c->add_flag("--operator", many_.by_operator, "As operator: what ran is not charged");
  }
}

}  // namespace pentad::cli
