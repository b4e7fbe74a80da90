// Every option of PBS Pro's and Torque's qsub, their -l resources and -W attributes.
#include <array>

#include "dialect/actions.h"
#include "dialect/pbs.h"
#include "dialect/tables.h"

namespace pentad::dialect {

namespace {

using enum Argument;
using enum Effect;
namespace p = pbs;

constexpr std::string_view kSite = "a resource of the original's site, unknown here";

constexpr Option kName{"-N", required, "NAME", "name of the job", exact, "", set_text<&Job::name>};
constexpr Option kList{"-l",  required, "RESOURCE=VALUE,...", "resources",
                       exact, "",       p::resource_list,     Repeat::parts};
constexpr Option kQueue{"-q",  required, "QUEUE[@SERVER]", "queue and server",
                        exact, "",       p::destination};
constexpr Option kAccount{"-A", required, "NAME", "who pays", exact, "", set_text<&Job::account>};
constexpr Option kOut{"-o",
                      required,
                      "[HOST:]PATH",
                      "standard output",
                      approximated,
                      "written while the job runs, not copied at its end",
                      p::path<&Job::stdout_path>};
constexpr Option kErr{"-e",
                      required,
                      "[HOST:]PATH",
                      "standard error",
                      approximated,
                      "written while the job runs, not copied at its end",
                      p::path<&Job::stderr_path>};
constexpr Option kJoin{"-j",  required, "oe, eo, n", "one file for both outputs",
                       exact, "",       p::join};
constexpr Option kMail{"-m", required, "a, b, e, n", "when to mail", exact, "", p::mail_points};
constexpr Option kMailTo{
    "-M", required, "ADDRESS,...", "whom to mail", exact, "", set_list<&Job::mail_users>};
constexpr Option kAll{"-V", none, "", "the whole environment", exact, "", whole_environment};
constexpr Option kVariables{"-v",  required, "A=1,B",      "variables of the job",
                            exact, "",       add_variables};
constexpr Option kShell{"-S", required, "SHELL", "shell of the script", exact, "", p::shell};
constexpr Option kRerun{
    "-r", required, "y or n", "may run again", exact, "", set_yes_no<&Job::requeue>};
constexpr Option kPriority{"-p",       required,     "-1024..1023",
                           "priority", approximated, "below 0 as it is; above 0 is for operators",
                           p::priority};
constexpr Option kBegin{"-a", required, "[[CC]YYMMDD]hhmm[.SS]", "not before", exact, "", p::begin};
constexpr Option kAttributes{"-W",  required, "NAME=VALUE,...",  "attributes",
                             exact, "",       p::attribute_list, Repeat::parts};
constexpr Option kCheckpoint{"-c",          required, "n, s, c, w",
                             "checkpoints", ignored,  "jobs are not checkpointed from outside"};
constexpr Option kKeep{"-k",
                       required,
                       "o, e, n, d",
                       "where output is kept",
                       approximated,
                       "output is written to its place while the job runs",
                       set_text<&Job::keep_files>};
constexpr Option kInteractive{
    "-I", none, "", "a terminal instead of a script", exact, "", set_flag<&Job::interactive>};
constexpr Option kDisplay{"-X", none, "", "forward X11", ignored, "there is no display"};
constexpr Option kQuiet{"-z", none, "", "do not print the id", exact, "", set_flag<&Job::quiet>};
constexpr Option kPrefix{"-C",     required,
                         "PREFIX", "another prefix of directives",
                         refused,  "directives start with #PBS here"};
constexpr Option kUser{
    "-u", required, "USER", "as another user", refused, "a job runs as who submits it"};

constexpr std::array kPbsPro = {
    kName,
    kList,
    kQueue,
    kAccount,
    Option{"-P", required, "NAME", "project, a second label", exact, "", set_text<&Job::project>},
    kOut,
    kErr,
    kJoin,
    Option{"-J", required, "X-Y[:Z][%N]", "one job for each index", exact, "", p::array},
    kMail,
    kMailTo,
    kAll,
    kVariables,
    kShell,
    kRerun,
    kPriority,
    kBegin,
    Option{"-h", none, "", "submit held", exact, "", set_flag<&Job::hold>},
    kAttributes,
    kCheckpoint,
    kKeep,
    kInteractive,
    kDisplay,
    Option{"-G", none, "", "interactive with a GUI", refused, "there is no display"},
    kQuiet,
    Option{"-f", none, "", "stay in the foreground", exact, ""},
    Option{"-R", required, "o, e", "remove output of jobs that succeed", ignored,
           "output files are always kept"},
    kPrefix,
    kUser,
};

constexpr std::array kTorque = {
    kName,
    kList,
    kQueue,
    kAccount,
    Option{"-P", required, "USER", "as another user", refused, "a job runs as who submits it"},
    kOut,
    kErr,
    kJoin,
    Option{"-t", required, "1-62,70%20", "one job for each index", exact, "", p::array},
    kMail,
    kMailTo,
    kAll,
    kVariables,
    kShell,
    kRerun,
    kPriority,
    kBegin,
    Option{"-h", none, "", "submit held", exact, "", set_flag<&Job::hold>},
    kAttributes,
    kCheckpoint,
    kKeep,
    kInteractive,
    kDisplay,
    kQuiet,
    Option{"-d", required, "DIRECTORY", "working directory", exact, "", p::workdir},
    Option{"-w", required, "DIRECTORY", "working directory", exact, "", p::workdir},
    Option{"-D", required, "DIRECTORY", "root directory", refused, "jobs are not locked in there"},
    Option{"-F", required, "ARGUMENTS", "arguments of the script", exact, "", p::script_args},
    Option{"-f", none, "", "can survive failures", ignored, "a job whose node fails ends"},
    Option{"-n", none, "", "whole nodes", exact, "",
           [](Target& t, std::string_view) { t.set(t.part().sharing, Sharing::whole_node); }},
    Option{"-T", required, "SCRIPT", "another prologue", ignored, "there are no prologues"},
    Option{"-K", required, "SECONDS", "time between signals at the end", ignored,
           "the centre's grace time holds"},
    Option{"-x", none, "", "a command of an interactive job", refused, "only with -I"},
    kPrefix,
    kUser,
};

constexpr std::array kResources = {
    Option{"walltime", required, "h:m:s", "walltime, in seconds", exact, "",
           p::time<&Job::walltime>},
    Option{"select", required, "N:ncpus=C:...+...", "chunks, each + a component", exact, "",
           p::select},
    Option{"place", required, "free, pack, scatter[:excl]", "how chunks lie on nodes", exact, "",
           p::place},
    Option{"nodes", required, "N:ppn=P[:gpus=G][:FEATURE]", "nodes", exact, "", p::nodes},
    Option{"ncpus", required, "N", "cores of the job", exact, "",
           set_part_positive<&Component::cpus>},
    Option{"mem", required, "SIZE", "memory of the whole job", exact, "",
           p::memory<Scope::job, false>},
    Option{"pmem", required, "SIZE", "memory of each process", exact, "",
           p::memory<Scope::task, false>},
    Option{"vmem", required, "SIZE", "address space of the job", exact, "",
           p::memory<Scope::job, true>},
    Option{"pvmem", required, "SIZE", "address space of each process", exact, "",
           p::memory<Scope::task, true>},
    Option{"cput", required, "h:m:s", "CPU time of the job", approximated, "not a limit here",
           p::time<&Job::cpu_time>},
    Option{"pcput", required, "h:m:s", "CPU time of a process", approximated, "not a limit here",
           p::time<&Job::cpu_time>},
    Option{"min_walltime", required, "h:m:s", "least walltime", approximated,
           "the full walltime is asked for", p::time<&Job::min_walltime>},
    Option{"max_walltime", required, "h:m:s", "most walltime", exact, "", p::time<&Job::walltime>},
    Option{"soft_walltime", required, "h:m:s", "expected walltime", ignored,
           "the limit alone is planned with", p::time<&Job::soft_walltime>},
    Option{"mppwidth", required, "N", "tasks (Cray)", exact, "",
           [](Target& t, std::string_view v) {
             Result<int64_t> n = parse_positive(v);
             n ? t.set(t.part().tasks, CountRange{*n, *n}) : t.refuse(n.error().message);
           }},
    Option{"procs", required, "N", "tasks, wherever they fit", exact, "",
           [](Target& t, std::string_view v) {
             Result<int64_t> n = parse_positive(v);
             n ? t.set(t.part().tasks, CountRange{*n, *n}) : t.refuse(n.error().message);
           }},
    Option{"mppnppn", required, "N", "tasks on each node (Cray)", exact, "",
           set_part_positive<&Component::tasks_per_node>},
    Option{"tpn", required, "N", "tasks on each node", exact, "",
           set_part_positive<&Component::tasks_per_node>},
    Option{"mppdepth", required, "N", "cores of each task (Cray)", exact, "",
           set_part_positive<&Component::cpus_per_task>},
    Option{"mppmem", required, "SIZE", "memory of each task (Cray)", exact, "",
           p::memory<Scope::task, false>},
    Option{"ngpus gpus", required, "N", "GPUs of the job", exact, "",
           [](Target& t, std::string_view v) {
             Result<int64_t> n = parse_whole(v);
             if (!n) return t.refuse(n.error().message);
             t.set(t.part().gpus, std::vector<Gpus>{{*n, Scope::job, "", "", false}});
           }},
    Option{"host vnode", required, "NAME", "the host to use", exact, "",
           [](Target& t, std::string_view v) { t.set(t.part().hosts, Texts{std::string(v)}); }},
    Option{"feature", required, "NAME", "a feature that nodes must have", exact, "",
           set_part_text<&Component::constraint>},
    Option{"arch opsys", required, "NAME", "kind of node", ignored, "nodes are alike here"},
    Option{"qos", required, "NAME", "class of service", exact, "", set_text<&Job::qos>},
    Option{"advres", required, "NAME", "run inside a reservation", exact, "",
           set_text<&Job::reservation>},
    Option{"depend", required, "afterok:ID", "wait for other jobs", exact, "", p::dependency},
    Option{"naccesspolicy", required, "singlejob", "who shares a node", exact, "",
           [](Target& t, std::string_view v) {
             std::string word = lower(v);
             if (word == "shared") return t.set(t.part().sharing, Sharing::shared);
             bool user = word == "singleuser" || word == "uniqueuser";
             t.set(t.part().sharing, user ? Sharing::own_user : Sharing::whole_node);
           }},
    Option{"nice", required, "N", "niceness of processes", ignored,
           "a job has its cores to itself"},
    Option{"file", required, "SIZE", "size of a file", ignored, "file sizes are not limited"},
    Option{"software", required, "NAME", "licences", ignored, kSite},
    Option{"signal", required, "SIG@s", "a signal before the limit", ignored, kSite},
    Option{"filesystems", required, "home:eagle", "file systems it needs", ignored, kSite},
    Option{"gres", required, "NAME", "other resources", ignored, kSite},
    Option{"partition", required, "NAME", "part of the machine", ignored, kSite},
    Option{"epilogue prologue", required, "SCRIPT", "scripts around the job", refused,
           "there are no prologues: put it in the script"},
};

constexpr std::array kAttributeTable = {
    Option{"depend", required, "afterok:ID,...", "wait for other jobs", exact, "", p::dependency},
    Option{"group_list", required, "GROUP", "group of the job", ignored,
           "the user's own group is used", set_text<&Job::user_group>},
    Option{"umask", required, "OCTAL", "mask of new files", exact, "",
           [](Target& t, std::string_view v) {
             int64_t mask = 0;
             bool sound = !v.empty() && v.size() <= 4;
             for (char c : v.substr(0, 4)) {
               sound = sound && c >= '0' && c <= '7';
               mask = mask * 8 + (c - '0');
             }
             sound ? t.set(t.job.umask, mask) : t.refuse("it is not an octal mask such as 022");
           }},
    Option{"block", required, "true", "return at its end", exact, "", set_yes_no<&Job::wait>},
    Option{"sandbox", required, "HOME or PRIVATE", "working directory", exact, "",
           [](Target& t, std::string_view v) {
             t.set<std::string>(t.job.workdir, lower(v) == "private" ? "{private}" : "{home}");
           }},
    Option{"stagein", required, "LOCAL@HOST:PATH", "files brought first", refused,
           "copy files in the script"},
    Option{"stageout", required, "LOCAL@HOST:PATH", "files taken after", refused,
           "copy files in the script"},
    Option{"run_count", required, "N", "how often it has run", ignored, "counted by the centre"},
    Option{"x", required, "TEXT", "extensions of Moab", ignored, kSite},
    Option{"release_nodes_on_stageout pwd cred create_resv_from_job tolerate_node_failures",
           required, "VALUE", "settings of the original", ignored, kSite},
};

}  // namespace

std::span<const Option> pbspro_options() { return kPbsPro; }
std::span<const Option> torque_options() { return kTorque; }
std::span<const Option> pbs_resources() { return kResources; }
std::span<const Option> pbs_attributes() { return kAttributeTable; }

}  // namespace pentad::dialect
