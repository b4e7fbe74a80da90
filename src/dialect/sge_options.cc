// Every option of Grid Engine's qsub and the resources of its -l.
#include <array>

#include "dialect/actions.h"
#include "dialect/sge.h"
#include "dialect/tables.h"

namespace pentad::dialect {

namespace {

using enum Argument;
using enum Effect;
namespace g = sge;

constexpr std::string_view kSite = "a resource of the original's site, unknown here";
constexpr std::string_view kSpace = "an address space is not limited here: it counts as memory";

constexpr std::array kOptions = {
    Option{"-N", required, "NAME", "name of the job", exact, "", g::name},
    Option{"-cwd", none, "", "run where it is submitted", exact, "",
           [](Target& t, std::string_view) { t.set<std::string>(t.job.workdir, "{submit}"); }},
    Option{"-wd", required, "DIRECTORY", "working directory", exact, "", set_path<&Job::workdir>},
    Option{"-l", required, "NAME=VALUE,...", "resources, memory for each slot", exact, "",
           g::resource_list, Repeat::parts},
    Option{"-pe", two, "NAME N[-M]", "slots of a parallel environment", exact, "",
           g::parallel_environment},
    Option{"-t", required, "N[-M[:S]]", "one job for each index", exact, "", g::tasks},
    Option{"-tc", required, "N", "array elements at once", exact, "", g::task_limit},
    Option{"-o", required, "[HOST:]PATH", "standard output", exact, "", g::path<&Job::stdout_path>},
    Option{"-e", required, "[HOST:]PATH", "standard error", exact, "", g::path<&Job::stderr_path>},
    Option{"-i", required, "[HOST:]PATH", "standard input", exact, "", g::path<&Job::stdin_path>},
    Option{"-j", required, "y or n", "one file for both outputs", exact, "", g::join},
    Option{"-V", none, "", "the whole environment", exact, "", whole_environment},
    Option{"-v", required, "A=1,B", "variables of the job", exact, "", add_variables},
    Option{"-S", required, "PATH", "shell of the script", exact, "",
           [](Target& t, std::string_view v) {
             size_t colon = v.find(':');
             t.set(t.job.shell, Texts{std::string(colon == v.npos ? v : v.substr(colon + 1))});
           }},
    Option{"-q", required, "QUEUE,...", "queues, any of them", exact, "", g::queues, Repeat::adds},
    Option{"-masterq", required, "QUEUE", "queue of the first task", ignored,
           "all tasks of a job are in one pool"},
    Option{"-P", required, "PROJECT", "who pays", exact, "", g::text<&Job::account>},
    Option{"-A", required, "NAME", "label for accounting", ignored,
           "only a label of the original's reports", g::text<&Job::wckey>},
    Option{"-ac -sc", required, "A=1", "context", ignored, "labels that nobody reads here"},
    Option{"-dc", required, "A", "context", ignored, "labels that nobody reads here"},
    Option{"-p", required, "-1023..0", "priority", exact, "", g::priority},
    Option{"-js", required, "SHARE", "share among jobs", ignored,
           "the centre's policy makes priorities", g::share},
    Option{"-m", required, "b, e, a, s, n", "when to mail", exact, "", g::mail_points},
    Option{"-M", required, "ADDRESS,...", "whom to mail", exact, "", set_list<&Job::mail_users>},
    Option{"-hold_jid", required, "ID, NAME,...", "wait for the end of jobs", exact, "",
           g::hold_jobs},
    Option{"-hold_jid_ad", required, "ID,...", "wait element by element", exact, "",
           g::hold_elements},
    Option{"-a", required, "[[CC]YY]MMDDhhmm[.SS]", "not before", exact, "", g::begin},
    Option{"-dl", required, "[[CC]YY]MMDDhhmm", "raise priority until then", ignored,
           "the centre's policy makes priorities"},
    Option{"-h", none, "", "submit held", exact, "", set_flag<&Job::hold>},
    Option{"-r", required, "y or n", "may run again", exact, "", g::answer<&Job::requeue>},
    Option{"-R", required, "y or n", "reserve slots for it", ignored,
           "the first jobs of the queue always get a reservation", g::yes_no},
    Option{"-notify", none, "", "USR1 or USR2 before stop and kill", exact, "",
           set_flag<&Job::notify>},
    Option{"-ckpt", required, "NAME", "checkpoints", ignored,
           "jobs are not checkpointed from outside"},
    Option{"-c", required, "n, s, m, x", "checkpoints", ignored,
           "jobs are not checkpointed from outside", g::check_checkpoint},
    Option{"-now", required, "y or n", "now or never", ignored, "the job waits for its turn",
           g::yes_no},
    Option{"-sync", required, "y or n", "return at its end", exact, "", g::answer<&Job::wait>},
    Option{"-terse", none, "", "print the number only", exact, "", set_flag<&Job::terse>},
    Option{"-b", required, "y or n", "a program instead of a script", exact, "",
           [](Target& t, std::string_view v) {
             Result<bool> yes = g::parse_answer(v);
             if (!yes) return t.refuse(yes.error().message);
             if (*yes && t.origin.kind == OriginKind::script) t.refuse("only on a command line");
           }},
    Option{"-shell", required, "y or n", "start through a shell", ignored,
           "a script has its shell, a program needs none", g::yes_no},
    Option{"-w", required, "e, w, n, p, v", "check before", approximated, "every job is checked",
           g::check_when},
    Option{"-verify", none, "", "only check it", exact, "", set_flag<&Job::verify_only>},
    Option{"-soft", none, "", "-l and -q behind it are wishes", approximated,
           "placement does not know wishes", [](Target& t, std::string_view) { t.is_wish = true; },
           Repeat::adds},
    Option{"-hard", none, "", "what follows is needed", exact, "",
           [](Target& t, std::string_view) { t.is_wish = false; }, Repeat::adds},
    Option{"-binding", required, "TYPE", "binding of cores", ignored,
           "Pentad binds cores by itself"},
    Option{"-clear", none, "", "forget options before it", refused, "delete them instead"},
    Option{"-C", required, "PREFIX", "another prefix of directives", refused,
           "directives start with #$ here"},
    Option{"-@", required, "FILE", "options from a file", refused,
           "write the options into the script"},
    Option{"-pty", required, "y or n", "a terminal", ignored, "scripts have none", g::yes_no},
    Option{"-jsv", required, "URL", "a program that checks jobs", ignored,
           "the centre checks jobs"},
    Option{"-jc", required, "NAME", "class of jobs", refused, "classes are not known here"},
    Option{"-ar", required, "ID", "run inside a reservation", exact, "", g::reservation},
    Option{"-help", none, "", "help", refused, "only on a command line"},
};

constexpr std::array kResources = {
    Option{"h_rt", required, "h:m:s", "walltime, in seconds", exact, "", g::time<&Job::walltime>},
    Option{"s_rt", required, "h:m:s", "walltime after which USR1 is sent", exact, "",
           g::time<&Job::soft_walltime>},
    Option{"h_cpu s_cpu", required, "h:m:s", "CPU time", approximated, "not a limit here",
           g::time<&Job::cpu_time>},
    Option{"mem_free mf mem rmem h_data mem_size h_rss s_rss ram memory m_mem_free", required,
           "SIZE", "memory for each slot", exact, "", g::memory<false>},
    Option{"h_vmem s_vmem virtual_free vf vmem", required, "SIZE", "address space for each slot",
           approximated, kSpace, g::memory<true>},
    Option{"gpu gpus ngpus gpu_c gpu_card", required, "N", "GPUs", exact, "",
           [](Target& t, std::string_view v) {
             Result<int64_t> n =
                 v.empty() || lower(v) == "true" ? Result<int64_t>(1) : parse_whole(v);
             if (!n) return t.refuse(n.error().message);
             t.set(t.part().gpus, std::vector<Gpus>{{*n, Scope::node, "", "", false}});
           }},
    Option{"gpu_type gpu_model", required, "NAME", "model of the GPUs", exact, "",
           [](Target& t, std::string_view v) {
             std::vector<Gpus>& gpus = t.change(t.part().gpus);
             if (gpus.empty()) gpus.push_back({1, Scope::node, "", "", false});
             gpus[0].type = v;
           }},
    Option{"tmpfs tmp_free scratch scratch_free tmpspace", required, "SIZE",
           "local disk for each slot", exact, "",
           [](Target& t, std::string_view v) {
             Result<Bytes> bytes = parse_sge_size(v);
             if (!bytes) return t.refuse(bytes.error().message);
             t.set(t.part().local_disk, Memory{*bytes, Scope::slot});
           }},
    Option{"excl exclusive node_q", required, "true", "whole nodes", exact, "",
           [](Target& t, std::string_view v) {
             Result<bool> yes = v.empty() ? Result<bool>(true) : parse_yes_no(v);
             if (!yes) return t.refuse(yes.error().message);
             if (*yes) t.set(t.part().sharing, Sharing::whole_node);
           }},
    Option{"hostname host h", required, "NAME", "the host to use", exact, "",
           [](Target& t, std::string_view v) { t.set(t.part().hosts, Texts{std::string(v)}); }},
    Option{"qname q", required, "QUEUE", "the queue to use", exact, "", set_list<&Job::queues>},
    Option{"threads", required, "N", "threads of each slot", exact, "",
           set_part_positive<&Component::threads_per_core>},
    Option{"arch", required, "NAME", "kind of node", ignored, "nodes are alike here"},
    Option{"num_proc", required, "N", "least cores of a node", exact, "",
           set_part_positive<&Component::min_cpus_per_node>},
    Option{"h_fsize s_fsize h_core s_core h_stack s_stack", required, "SIZE",
           "limits of files and stacks", ignored, kSite},
};

}  // namespace

std::span<const Option> sge_options() { return kOptions; }
std::span<const Option> sge_resources() { return kResources; }

}  // namespace pentad::dialect
