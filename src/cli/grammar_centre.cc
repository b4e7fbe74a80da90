// Commands about the centre and its machines, and what needs none.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/grammar.h"
#include "cli/version.h"

namespace pentad::cli {

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

}  // namespace pentad::cli
