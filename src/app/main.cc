// pentad-daemon: the centre as a program, and what works on its files. People reach it through
// `pentad up`, `pentad journal`.
#include <CLI/CLI.hpp>
#include <filesystem>

#include "app/daemon.h"
#include "app/offline.h"
#include "catalogue/data_path.h"

namespace pentad::app {

namespace {

struct Options {
  OfflineOptions offline;
  std::string listen;
  std::string apps;
  std::string devices;
  std::string head;
  std::string audit_file;
  std::string backup;
  std::string restore;
  bool insecure_listen = false;
  bool detach = false;
  bool verify = false;
  bool verify_ledger = false;
  bool verify_audit = false;
  bool replace = false;
  int64_t show_from = -1;
};

int serve(const Options& options) {
  std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  DaemonOptions daemon;
  daemon.home = options.offline.home;
  if (!options.listen.empty()) daemon.listen = options.listen;
  daemon.insecure_listen = options.insecure_listen;
  daemon.supervisor_path = self.parent_path() / "pentad-supervisor";
  daemon.apps_folder = options.apps.empty() ? data_path(self, "apps") : options.apps;
  daemon.devices_file =
      options.devices.empty() ? data_path(self, "catalogue/devices.toml") : options.devices;
  if (options.detach) {
    daemon.detach_command = {self.string(),      "--home",    options.offline.home, "--apps",
                             daemon.apps_folder, "--devices", daemon.devices_file};
    if (daemon.listen) {
      daemon.detach_command.insert(daemon.detach_command.end(), {"--listen", *daemon.listen});
    }
    if (daemon.insecure_listen) daemon.detach_command.push_back("--insecure-listen");
  }
  return run_daemon(daemon);
}

}  // namespace

}  // namespace pentad::app

int main(int argc, char** argv) {
  pentad::app::Options options;
  CLI::App app{"The centre as a process; people use `pentad up` and `pentad journal`.",
               "pentad-daemon"};
  app.add_option("--home", options.offline.home, "The centre's directory");
  app.add_option("--listen", options.listen, "Address and port; port 0: any free one");
  app.add_flag("--insecure-listen", options.insecure_listen,
               "Listen beyond this machine without TLS");
  app.add_option("--apps", options.apps, "Folder of the application catalogue");
  app.add_option("--devices", options.devices, "File of the device catalogue");
  app.add_flag("--detach", options.detach, "Go to the background once it is ready");
  app.add_flag("--journal-verify", options.verify, "Replay the journal and compare");
  app.add_flag("--ledger-verify", options.verify_ledger, "Replay the journal, compare the books");
  app.add_flag("--audit-verify", options.verify_audit, "Recompute the audit chain");
  app.add_option("--audit-file", options.audit_file, "Recompute this export instead");
  app.add_option("--head", options.head, "A value of the audit chain that was kept");
  app.add_option("--backup", options.backup, "Write a backup into this file");
  app.add_option("--restore", options.restore, "Make the database of this backup");
  app.add_flag("--replace", options.replace, "Also over a file, or a centre, that is there");
  app.add_option("--journal-show", options.show_from, "Print events from this number on");
  app.add_flag("--json", options.offline.json, "Answer as JSON");
  CLI11_PARSE(app, argc, argv);
  using namespace pentad::app;
  const OfflineOptions& offline = options.offline;
  if (options.verify) return verify_journal(offline);
  if (options.verify_ledger) return verify_ledger(offline);
  if (!options.audit_file.empty()) {
    return verify_audit_file(offline, options.audit_file, options.head);
  }
  if (options.verify_audit) return verify_audit(offline, options.head);
  if (options.show_from >= 0) return show_journal(offline, options.show_from);
  if (!options.backup.empty()) return backup(offline, options.backup, options.replace);
  if (!options.restore.empty()) return restore(offline, options.restore, options.replace);
  return serve(options);
}
