// The command line: all commands with the options they fill; parsing one sets what is carried out.
// Made by command_line.cc, and by a file for each family of commands: grammar_*.cc.
#pragma once

// tidy: allow owned-include because only the four files that make the command line include this
#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/session.h"
#include "cli/verbs.h"

namespace pentad::cli {

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
  void user_commands(CLI::App* user);
  void role_commands();
  void other_commands();
  void list_by_itself(CLI::App* parent, Command list);
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

}  // namespace pentad::cli
