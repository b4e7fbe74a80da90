// Every option of bsub and the keys of rusage and -gpu.
#include <array>

#include "dialect/actions.h"
#include "dialect/lsf.h"
#include "dialect/tables.h"

namespace pentad::dialect {

namespace {

using enum Argument;
using enum Effect;
namespace f = lsf;

constexpr std::string_view kSite = "a setting of the original's site, unknown here";
constexpr std::string_view kLimit = "not a limit here";
constexpr std::string_view kMany = "output is written to files, never mailed";

void mail_event(Target& t, std::string event) {
  t.change(t.job.mail_events).push_back(std::move(event));
}

constexpr std::array kOptions = {
    Option{"-J", required, "NAME[1-10:2]%3", "name, and one job for each index", exact, "",
           f::name},
    Option{"-n", required, "MIN[,MAX]", "slots", exact, "", f::slots},
    Option{"-R", required, "REQUIREMENTS", "select, rusage, span, affinity", exact, "",
           f::requirements, Repeat::adds},
    Option{"-W", required, "[h:]m", "walltime, in minutes", exact, "", f::walltime},
    Option{"-We", required, "[h:]m", "expected walltime", ignored,
           "the limit alone is planned with",
           [](Target& t, std::string_view v) { t.take(t.job.soft_walltime, parse_lsf_time(v)); }},
    Option{"-c", required, "[h:]m", "CPU time", approximated, kLimit,
           [](Target& t, std::string_view v) { t.take(t.job.cpu_time, parse_lsf_time(v)); }},
    Option{"-M", required, "SIZE", "memory of each process, in KB", exact, "", f::memory_limit},
    Option{"-v", required, "SIZE", "swap space", ignored, kLimit},
    Option{"-D -S -C -F -p -T -ul", required, "N", "limits of processes", ignored, kLimit},
    Option{"-q", required, "QUEUE ...", "queues, any of them", exact, "",
           set_list<&Job::queues, ' '>},
    Option{"-P", required, "PROJECT", "who pays", exact, "", set_text<&Job::account>},
    Option{"-G", required, "GROUP", "group for fair share", ignored, "projects share here",
           set_text<&Job::user_group>},
    Option{"-app", required, "PROFILE", "application profile", ignored, kSite},
    Option{"-sla", required, "CLASS", "class of service", exact, "", set_text<&Job::qos>},
    Option{"-U", required, "RESERVATION", "run inside of it", exact, "",
           set_text<&Job::reservation>},
    Option{"-Lp", required, "PROJECT", "project of licences", ignored, kSite},
    Option{"-g", required, "/GROUP", "group of jobs", ignored, "jobs have no folders here"},
    Option{"-sp", required, "N", "priority among one's own", approximated,
           "below 0 as it is; above 0 is for operators",
           [](Target& t, std::string_view v) { t.take(t.job.priority, parse_whole(v)); }},
    Option{"-gpu", required, "num=N:mode=...", "GPUs of each host", exact, "", f::gpu},
    Option{"-nnodes", required, "N", "whole nodes", exact, "", f::whole_nodes},
    Option{"-alloc_flags", required, "FLAGS", "settings of nodes", ignored, kSite},
    Option{"-csm", required, "y or n", "cluster system manager", ignored, kSite},
    Option{"-step_cgroup", required, "y or n", "limits of steps", ignored, kSite},
    Option{"-core_isolation -cn_mem -cn_cu -jsm -smt -stage", required, "N",
           "settings of nodes", ignored, kSite},
    Option{"-o", required, "PATH", "standard output, appended", exact, "",
           f::path<&Job::stdout_path, OpenMode::append>},
    Option{"-oo", required, "PATH", "standard output, overwritten", exact, "",
           f::path<&Job::stdout_path, OpenMode::truncate>},
    Option{"-e", required, "PATH", "standard error, appended", exact, "",
           f::path<&Job::stderr_path, OpenMode::append>},
    Option{"-eo", required, "PATH", "standard error, overwritten", exact, "",
           f::path<&Job::stderr_path, OpenMode::truncate>},
    Option{"-i -is", required, "PATH", "standard input", exact, "",
           [](Target& t, std::string_view v) { t.set(t.job.stdin_path, f::neutral_path(v)); }},
    Option{"-outdir", required, "DIRECTORY", "directory of the output", ignored,
           "give the directory with -o"},
    Option{"-cwd", required, "DIRECTORY", "working directory", exact, "",
           set_path<&Job::workdir>},
    Option{"-w", required, "EXPRESSION", "wait for other jobs", exact, "", f::dependency},
    Option{"-b", required, "[[month:]day:]h:m", "not before", exact, "",
           f::moment<&Job::begin>},
    Option{"-t", required, "[[month:]day:]h:m", "must have ended by then", exact, "",
           f::moment<&Job::deadline>},
    Option{"-H", none, "", "submit held", exact, "", set_flag<&Job::hold>},
    Option{"-u", required, "ADDRESS", "whom to mail", exact, "",
           set_list<&Job::mail_users, ' '>},
    Option{"-B", none, "", "mail at the start", exact, "",
           [](Target& t, std::string_view) { mail_event(t, "BEGIN"); }},
    Option{"-N", none, "", "mail at the end", exact, "",
           [](Target& t, std::string_view) { mail_event(t, "END"); }},
    Option{"-Ne", none, "", "mail on failure", exact, "",
           [](Target& t, std::string_view) { mail_event(t, "FAIL"); }},
    Option{"-notify", required, "EVENTS", "notices", ignored, kMany},
    Option{"-x", none, "", "whole nodes", exact, "",
           [](Target& t, std::string_view) { t.set(t.part().sharing, Sharing::whole_node); }},
    Option{"-m", required, "HOST ...", "hosts to use", exact, "", f::hosts},
    Option{"-r", none, "", "may run again", exact, "", set_flag<&Job::requeue>},
    Option{"-rn", none, "", "must not run again", exact, "", set_flag<&Job::requeue, false>},
    Option{"-Q", required, "CODES", "exit codes after which it runs again", exact, "",
           f::exit_codes},
    Option{"-wa", required, "SIGNAL", "a signal before the limit", exact, "",
           f::before_end_signal},
    Option{"-wt", required, "MINUTES", "how long before", exact, "", f::before_end_time},
    Option{"-K", none, "", "return at its end", exact, "", set_flag<&Job::wait>},
    Option{"-I -Ip -Is", none, "", "input and output are this terminal", exact, "",
           set_flag<&Job::interactive>},
    Option{"-IS -ISp -ISs -IX -XF", none, "", "likewise, over ssh or with X11", refused,
           "there is neither here: use -Is"},
    Option{"-E", required, "COMMAND", "before the job", refused, "put it into the script"},
    Option{"-Ep", required, "COMMAND", "after the job", refused, "put it into the script"},
    Option{"-L", required, "SHELL", "login shell", exact, "",
           [](Target& t, std::string_view v) {
             t.set(t.job.shell, Texts{std::string(v)});
             t.set(t.job.login_shell, true);
           }},
    Option{"-a", required, "NAMES", "programs that check the job", ignored, kSite},
    Option{"-env", required, "all, none, A=1, ~B", "environment", exact, "", f::environment},
    Option{"-k", required, "DIRECTORY", "checkpoints", ignored,
           "jobs are not checkpointed from outside"},
    Option{"-f", required, "\"A > B\"", "copy files", refused, "copy files in the script"},
    Option{"-ti", none, "", "end orphans at once", ignored,
           "a job whose dependency can never hold is ended"},
    Option{"-rnc", required, "COMMAND", "on new hosts", ignored, "jobs do not grow here"},
    Option{"-data -datagrp", required, "FILES", "files to stage", refused,
           "copy files in the script"},
    Option{"-pack", required, "FILE", "many jobs at once", refused, "submit them one by one"},
    Option{"-Jd", required, "TEXT", "a remark", exact, "", set_text<&Job::comment>},
    Option{"-ext -eptl -ptl -hl -jobaff -network -freq -a2 -cwdttl -post -mig -sl -tty -s",
           required, "VALUE", "settings of the original", ignored, kSite},
    Option{"-XX -Zs -ar -Z", none, "", "settings of the original", ignored, kSite},
};

constexpr std::array kUsage = {
    Option{"mem", required, "SIZE", "memory of each host or slot", exact, "",
           [](Target& t, std::string_view v) {
             Result<Bytes> bytes = parse_lsf_size(v, t.site.lsf_memory_unit_bytes);
             if (!bytes) return t.refuse(bytes.error().message);
             Scope scope = t.site.lsf_memory_per_slot ? Scope::slot : Scope::node;
             t.set(t.part().memory, Memory{*bytes, scope});
           }},
    Option{"ngpus_excl_p ngpus ngpus_physical ngpus_shared gpu", required, "N", "GPUs of each host",
           exact, "",
           [](Target& t, std::string_view v) {
             Result<int64_t> n = parse_whole(v);
             if (!n) return t.refuse(n.error().message);
             t.set(t.part().gpus, std::vector<Gpus>{{*n, Scope::node, "", "", false}});
           }},
    Option{"tmp", required, "SIZE", "local disk", exact, "",
           [](Target& t, std::string_view v) {
             Result<Bytes> bytes = parse_lsf_size(v, t.site.lsf_memory_unit_bytes);
             if (!bytes) return t.refuse(bytes.error().message);
             t.set(t.part().local_disk, Memory{*bytes, Scope::node});
           }},
    Option{"swp", required, "SIZE", "swap space", ignored, kLimit},
    Option{"duration decay", required, "VALUE", "how long", ignored,
           "memory is reserved for the whole time"},
};

constexpr std::array kGpu = {
    Option{"num", required, "N[/task]", "GPUs of each host or task", exact, ""},
    Option{"mode", required, "shared or exclusive_process", "mode of the GPUs", exact, ""},
    Option{"mps", required, "yes or no", "multi-process service", exact, ""},
    Option{"j_exclusive", required, "yes or no", "not shared with other jobs", exact, ""},
    Option{"gmodel", required, "MODEL", "model of the GPUs", exact, ""},
    Option{"gmem", required, "SIZE", "memory of the GPUs", ignored, "choose the model instead"},
    Option{"aff glink gvendor block gtile gi", required, "VALUE", "how GPUs lie", ignored, kSite},
};

}  // namespace

std::span<const Option> lsf_options() { return kOptions; }
std::span<const Option> lsf_usage() { return kUsage; }
std::span<const Option> lsf_gpu() { return kGpu; }

}  // namespace pentad::dialect
