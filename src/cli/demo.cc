// pentad demo: a first session. Starts a centre, hands it a simulation, a training and an inference
// as scripts of Slurm, PBS and LSF by the commands of those, shows how they go and what came out.
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "api/centre_types.h"
#include "api/job_views.h"
#include "api/people_types.h"
#include "catalogue/data_path.h"
#include "cli/centre_process.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/job_text.h"
#include "cli/table.h"
#include "cli/units.h"

namespace pentad::cli {

namespace {

// What a person would type; {0} stands for the number of the job before.
constexpr std::array kCommands = {"sbatch melt.slurm", "qsub -v APPS train.pbs",
                                  "bsub -w 'done({0})' < infer.lsf"};

// A city's laboratory with a little money and a voucher of the city; {0} is who submits.
constexpr const char* kProject = "city-lab/first-steps";
constexpr std::array kPurse = {
    "pentad price set core_hour 0.30",
    "pentad tenant add city-lab --title 'City laboratory'",
    "pentad project add city-lab/first-steps",
    "pentad user add {0} --no-password",
    "pentad role grant {0} member city-lab/first-steps",
    "pentad topup city-lab 1 --reference demo",
    "pentad voucher issue city-lab/first-steps 5 --funder city --share 60% "
    "--until $(date -d '1 year' +%F)"};
constexpr const char* kMoneyConfig =
    "# What jobs are charged for: docs/money.md.\n[money]\ncharged = [\"core_hour\"]\n";

// What has been said of a job so far.
struct Seen {
  int64_t id = 0;
  std::string line;
};

std::string last_line(const std::string& path) {
  std::ifstream in(path);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

std::string bar(const api::JobProgress& progress, int cells) {
  double fraction = std::clamp(progress.fraction, 0.0, 1.0);
  int full = static_cast<int>(fraction * cells);
  std::string text;
  for (int i = 0; i < cells; ++i) text += i < full ? "█" : "░";
  return fmt::format("{} {:3.0f} %  {}", text, fraction * 100, printable(progress.words));
}

// What stands behind the state of a job: how far it is, why it waits, what came out.
std::string remark(const api::JobSummary& job, size_t width) {
  if (is_final(job.state) || job.state == JobState::queued) return printable(what_text(job));
  int cells = width > 0 && width < 90 ? 8 : 20;
  return bar(job.progress.value_or(api::JobProgress{}), cells);
}

// Where there is no terminal, lines are printed once: at each change of state and each quarter.
std::string milestone(const api::JobSummary& job) {
  double fraction = job.progress ? job.progress->fraction : 0;
  int quarter = is_final(job.state) ? 0 : static_cast<int>(fraction * 4);
  return fmt::format("{} {}", state_name(job.state), quarter);
}

// The number of a job in what a command has printed, as people's scripts cut it out.
int64_t first_number(const std::string& text) {
  size_t digit = text.find_first_of("0123456789");
  return digit == text.npos ? 0 : std::strtoll(text.c_str() + digit, nullptr, 10);
}

class Demo {
 public:
  Demo(Session& session, const UpOptions& options) : session_(session), options_(options) {}
  ~Demo() { stop_centre(); }

  void start_centre();
  void lay_out();
  void open_purse();
  void submit_all();
  void print_statement();
  bool follow();  // false when interrupted
  bool print_table();
  void stay();
  void stop_centre();

 private:
  bool launch(const std::string& log);
  Finished type(const std::string& line);
  std::vector<api::JobSummary> look();
  void draw(const std::vector<api::JobSummary>& jobs);

  Session& session_;
  UpOptions options_;
  int pid_ = 0;
  std::string folder_;   // of the scripts
  bool is_new_ = false;  // made here: nothing was in the home
  std::vector<Seen> seen_;
  size_t drawn_ = 0;
};

// False, and no process, when it has ended instead of coming up.
bool Demo::launch(const std::string& log) {
  pid_ = spawn(daemon_arguments(session_.globals(), options_), log);
  if (!wait_until_up(session_.globals(), pid_)) pid_ = 0;
  return pid_ != 0;
}

void Demo::start_centre() {
  const Globals& globals = session_.globals();
  if (is_up(globals)) {
    fmt::print("a centre is up in {} already: using it\n", globals.home);
    return;
  }
  std::filesystem::create_directories(globals.home);
  const std::string config = globals.home + "/pentad.toml";
  if (!std::filesystem::exists(config) && !std::filesystem::exists(globals.home + "/pentad.db")) {
    is_new_ = true;
    std::ofstream(config) << kMoneyConfig;
  }
  std::string log = globals.home + "/log";
  if (!launch(log) && options_.listen.empty() &&
      last_line(log).find("in use") != std::string::npos) {
    fmt::print("the usual port is taken: using another\n");
    options_.listen = "127.0.0.1:0";
    launch(log);
  }
  if (pid_ == 0) {
    throw CommandError(kFailed, fmt::format("the centre did not start: {}\n  its log is {}",
                                            printable(last_line(log)), log));
  }
  auto s = session_.get<api::StatusView>("/status");
  fmt::print("the centre is up: {} core(s), home {}, {}\n", s.nodes.cores, s.home, s.listen);
}

// The scripts and what they leave, in a folder of their own.
void Demo::lay_out() {
  namespace fs = std::filesystem;
  fs::path home = fs::absolute(session_.globals().home);
  fs::path apps = data_path("apps");
  folder_ = (home / "first-steps").string();
  fs::create_directories(folder_);
  for (const auto& script : fs::directory_iterator(apps / "scripts")) {
    fs::copy(script, folder_, fs::copy_options::overwrite_existing);
  }
  setenv("APPS", apps.c_str(), 1);
  setenv("PENTAD_HOME", home.c_str(), 1);
  const char* path = std::getenv("PATH");
  const fs::path programs = fs::path(program_beside("pentad")).parent_path();
  setenv(
      "PATH",
      fmt::format("{}/shims:{}:{}", home.string(), programs.string(), path ? path : "/usr/bin:/bin")
          .c_str(),
      1);
}

// Shows a command as a person would type it, carries it out and shows its answer.
Finished Demo::type(const std::string& line) {
  fmt::print("$ {}\n", line);
  std::fflush(stdout);
  Finished answer = output_of({"/bin/sh", "-c", fmt::format("cd '{}' && {}", folder_, line)});
  fmt::print("{}", answer.output);
  return answer;
}

// Prices, a tenant, its money and a voucher, in a centre that has just been made.
void Demo::open_purse() {
  if (!is_new_) return;
  const std::string user = session_.get<api::WhoAmI>("/whoami").user;
  for (const char* command : kPurse) {
    if (type(fmt::format(fmt::runtime(command), user)).status != 0) {
      throw CommandError(kFailed, "the demonstration's tenant could not be made");
    }
  }
}

void Demo::submit_all() {
  lay_out();
  fmt::print("in {}, with {}/shims in the PATH:\n", folder_, session_.globals().home);
  open_purse();
  for (const char* command : kCommands) {
    int64_t before = seen_.empty() ? 0 : seen_.back().id;
    std::string line = fmt::format(fmt::runtime(command), before);
    Finished answer = type(line);
    int64_t job = first_number(answer.output);
    if (answer.status != 0 || job == 0) {
      throw CommandError(kFailed, fmt::format("`{}` did not submit a job", line));
    }
    seen_.push_back({job, ""});
  }
  std::fflush(stdout);
}

// What the three jobs cost and who paid, and the same as a page to print.
void Demo::print_statement() {
  if (!is_new_) return;
  fmt::print("\n");
  const std::string statement = fmt::format("pentad statement --project {}", kProject);
  const bool is_printed = type(statement).status == 0 &&
                          type(statement + " --format html --out statement.html").status == 0 &&
                          type("pentad ledger verify").status == 0;
  if (!is_printed) throw CommandError(kFailed, "the statement could not be made");
  fmt::print("to look at: {}/statement.html\n", folder_);
}

std::vector<api::JobSummary> Demo::look() {
  std::string ids;
  for (const Seen& p : seen_) ids += fmt::format("{}{}", ids.empty() ? "" : ",", p.id);
  return session_.get<api::JobPage>("/jobs?sort=id&ids=" + net::percent_encode(ids)).jobs;
}

void Demo::draw(const std::vector<api::JobSummary>& jobs) {
  size_t width = terminal_width();  // it may have been resized
  if (width > 0 && drawn_ > 0) fmt::print("\x1b[{}A", drawn_);
  for (size_t i = 0; i < jobs.size(); ++i) {
    const api::JobSummary& job = jobs[i];
    std::string line = fmt::format("job {:<3} {:<14} {:<10} {}", job.id, job.name,
                                   state_name(job.state), remark(job, width));
    if (width > 0) {
      fmt::print("\x1b[2K{}\n", shorten(line, width - 1));
    } else if (milestone(job) != seen_[i].line) {
      fmt::print("{}\n", line);
      seen_[i].line = milestone(job);
    }
  }
  drawn_ = jobs.size();
  std::fflush(stdout);
}

bool Demo::follow() {
  while (!interrupted()) {
    std::vector<api::JobSummary> jobs = look();
    draw(jobs);
    if (std::all_of(jobs.begin(), jobs.end(), [](const auto& j) { return is_final(j.state); }))
      return true;
    timespec pause{0, 200'000'000};
    nanosleep(&pause, nullptr);
  }
  return false;
}

bool Demo::print_table() {
  Table table({{"JOB", Align::right},
               {"NAME"},
               {"STATE"},
               {"WAITED", Align::right},
               {"RAN", Align::right},
               {"CPU TIME", Align::right},
               {"PEAK MEMORY", Align::right},
               {"RESULT", Align::left, 20}});
  bool all_well = true;
  std::string where;
  for (const Seen& p : seen_) {
    auto detail = session_.get<api::JobDetail>(fmt::format("/jobs/{}", p.id));
    const api::JobSummary& job = detail.job;
    all_well = all_well && job.state == JobState::completed;
    table.add({std::to_string(job.id), job.name, state_cell(job.state),
               format_duration(Duration{job.waited_ms}), format_duration(Duration{job.ran_ms}),
               format_duration(Duration{job.usage.cpu_user_ms + job.usage.cpu_system_ms}),
               format_bytes(Bytes{job.usage.peak_memory_bytes}), what_text(job)});
    if (!detail.attempts.empty()) {
      where += fmt::format("  job {}: {}\n", job.id, detail.attempts.front().stdout_path);
    }
  }
  fmt::print("\n{}\noutput:\n{}", table.render(session_.width(), session_.colour()), where);
  std::fflush(stdout);
  return all_well;
}

void Demo::stay() {
  std::string home = session_.globals().home == "var" ? "" : " --home " + session_.globals().home;
  std::string program = program_beside("pentad");
  fmt::print(
      "\nthe centre stays up until Ctrl-C. In another terminal:\n"
      "  {0} queue --all{1}\n  {0} run{1} -- echo hello\n  {0} top{1}\n",
      program, home);
  std::fflush(stdout);
  while (!interrupted()) {
    if (pid_ != 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      throw CommandError(kFailed,
                         fmt::format("the centre has ended; see {}/log", session_.globals().home));
    }
    timespec pause{1, 0};
    nanosleep(&pause, nullptr);
  }
}

void Demo::stop_centre() {
  if (pid_ == 0) return;
  kill(pid_, SIGTERM);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  fmt::print("the centre is down; jobs and results stay in {}\n", session_.globals().home);
}

}  // namespace

int demo(Session& session, bool once, const UpOptions& options) {
  catch_interrupts();
  Demo demo(session, options);
  demo.start_centre();
  demo.submit_all();
  if (!demo.follow()) {
    fmt::print("\ninterrupted; jobs that run go on, a centre started again collects them\n");
    return 130;
  }
  bool all_well = demo.print_table();
  demo.print_statement();
  if (!once) demo.stay();
  return all_well ? kOk : kFailed;
}

}  // namespace pentad::cli
