#include "app/first_operator.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <future>

namespace pentad::app {

namespace {

constexpr const char* kName = "operator";

std::string file_in(const std::string& home) { return home + "/first-sign-in.txt"; }

// For the owner's eyes: made anew, never through a link that somebody left there.
Status write_secretly(const std::string& path, const std::string& text) {
  unlink(path.c_str());
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return fail(ErrorCode::failed, std::strerror(errno), path);
  const bool all = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(fd);
  return all ? Status{} : Status(fail(ErrorCode::failed, "cannot be written", path));
}

Status add_operator(CoreLoop& core, const std::string& unix_user) {
  User user;
  user.name = user.key = kName;
  user.title = "First operator";
  user.unix_user = unix_user;
  std::vector<store::Command> commands(2);
  commands[0].event.what = event::PutUser{user, true};
  commands[1].event.what = event::GrantRole{{kName, Role::centre_operator, "", ""}};
  for (store::Command& command : commands) command.event.actor = "system";
  auto applied = core.carry_out(std::move(commands));
  if (!applied) return tl::unexpected(applied.error());
  for (const store::Applied& a : *applied) {
    const Refusal& refusal = a.effects.reply.refusal;
    if (refusal.code != RefusalCode::none) return fail(ErrorCode::failed, refusal.detail);
  }
  return {};
}

}  // namespace

identity::Identity::Outside outside_of(CoreLoop& core, std::function<Time()> now) {
  return {
      std::move(now), [&core] { return core.directory(); },
      [&core](std::vector<store::SecretChange> changes, std::function<void(const Status&)> done) {
        if (changes.empty()) return done({});
        core.keep(std::move(changes), std::move(done));
      }};
}

Result<std::string> make_first_operator(CoreLoop& core, identity::Identity& identity,
                                        const std::string& home, const std::string& unix_user) {
  const bool has_password = identity.has_password(kName);
  const auto directory = core.directory();
  // A daemon that died in between goes on where it stopped.
  const bool is_ours = directory->users().size() == 1 && directory->find_user(kName);
  if (has_password || (!directory->users().empty() && !is_ours)) return std::string();
  if (directory->users().empty()) {
    if (Status added = add_operator(core, unix_user); !added) return tl::unexpected(added.error());
  }
  std::promise<Result<std::string>> promise;
  identity.reset_password(kName, true,
                          [&](Result<std::string> made) { promise.set_value(std::move(made)); });
  Result<std::string> password = promise.get_future().get();
  if (!password) return password;
  const std::string path = file_in(home);
  Status written = write_secretly(
      path, fmt::format("user:     {}\npassword: {}\n\nGood for the first sign-in alone:\n"
                        "  pentad login --user {}\nasks for another one. Then this file goes.\n",
                        kName, *password, kName));
  if (!written) return tl::unexpected(written.error());
  return path;
}

void forget_first_password(const std::string& home, const std::string& user) {
  if (user == kName) unlink(file_in(home).c_str());
}

}  // namespace pentad::app
