#include "twin/journal.h"

#include <filesystem>

namespace pentad::twin {

namespace {

constexpr size_t kBatch = 5000;

}  // namespace

Result<RunJournal> RunJournal::open(const std::string& home) {
  std::error_code error;
  std::filesystem::create_directories(home, error);
  store::KeeperOptions options;
  options.database.path = home + "/pentad.db";
  if (std::filesystem::exists(options.database.path, error)) {
    return fail(ErrorCode::invalid, "there is a journal already: choose another --out",
                options.database.path);
  }
  auto keeper = store::Keeper::open(options);
  if (!keeper) return tl::unexpected(keeper.error());
  return RunJournal(std::move(*keeper));
}

Status RunJournal::add(const Event& event) {
  store::Command command;
  command.event = event;
  batch_.push_back(std::move(command));
  return batch_.size() < kBatch ? Status{} : flush();
}

Status RunJournal::flush() {
  auto applied = keeper_.apply(std::exchange(batch_, {}));
  if (!applied) return tl::unexpected(applied.error());
  return {};
}

Status RunJournal::close(const Centre& centre) {
  if (Status s = flush(); !s) return s;
  if (keeper_.centre().state_digest() != centre.state_digest()) {
    return fail(ErrorCode::failed, "the journal's state is not the run's: please report this");
  }
  return keeper_.close();
}

}  // namespace pentad::twin
