#include "daemon.h"

#include <algorithm>
#include <utility>

#include "auditor.h"

namespace pentad::sim {

Daemon::Daemon(Disk& disk, engine::SimulatedEngine& engine, Watcher& watcher,
               store::KeeperOptions options)
    : disk_(disk), engine_(engine), watcher_(watcher), options_(std::move(options)) {}

Status Daemon::start() {
  Result<store::Keeper> opened = store::Keeper::open(options_);
  if (!opened) return tl::unexpected(opened.error());
  keeper_.emplace(std::move(*opened));
  watcher_.recovered();
  for (store::Command& command : after_restart(mutant_, *keeper_)) send("", std::move(command));
  reconnect();
  if (!take_up_outstanding()) return fail(ErrorCode::unavailable, "the disk is off");
  return {};
}

void Daemon::reconnect() {
  engine_.connect([this](std::vector<engine::Report> reports) {
    for (engine::Report& report : reports) {
      store::Command command;
      command.event.actor = "engine";
      std::visit([&command](auto& r) { command.event.what = std::move(r); }, report);
      send("", std::move(command));
    }
  });
}

bool Daemon::take_up_outstanding() {
  std::vector<Centre::Outstanding> outstanding = centre().outstanding();
  spoil(mutant_, outstanding);
  for (const Centre::Outstanding& o : outstanding) {
    if (o.confirmed) {
      ++counts_.adopted;
      engine_.adopt(o.start);
    } else {
      ++counts_.started_again;
      if (!start_attempt(o.start)) return false;
    }
    if (o.stopping) {
      ++counts_.stopped_again;
      engine_.stop(o.start.attempt, *o.stopping);
    }
  }
  return true;
}

void Daemon::die(bool power) {
  engine_.disconnect();
  inbox_.clear();
  if (!disk_.is_off()) disk_.power_off();
  keeper_.reset();  // what it still tries to write fails
  power ? disk_.lose_power() : disk_.end_process();
}

Status Daemon::stop() {
  Status closed = keeper_->close();
  if (disk_.is_off()) return closed;
  engine_.disconnect();
  inbox_.clear();
  keeper_.reset();
  return closed;
}

void Daemon::send(std::string call, store::Command command) {
  inbox_.push_back({std::move(call), std::move(command)});
}

bool Daemon::work(size_t most, Time now, const Death& death) {
  std::vector<Item> batch;
  while (!inbox_.empty() && batch.size() < most) {
    batch.push_back(std::move(inbox_.front()));
    inbox_.pop_front();
    batch.back().command.event.now = now;
  }
  if (death.place == Place::before_commit) return false;
  if (death.place == Place::in_commit) disk_.power_off_after(death.after);
  std::vector<store::Command> commands;
  for (size_t i = 0; i < batch.size(); ++i) {
    // Reports that are taken together are one moment, as in the real daemon.
    auto reports = [&](size_t at) { return at < batch.size() && batch[at].call.empty(); };
    batch[i].command.event.more = reports(i) && reports(i + 1);
    commands.push_back(batch[i].command);
  }

  spoil(mutant_, centre(), commands);
  if (mutant_ == Mutant::effects_before_commit) run_ahead(commands);
  Disk::Counts before = disk_.counts();
  Result<std::vector<store::Applied>> applied = keeper_->apply(commands);
  if (disk_.is_off()) return false;
  if (!applied) {
    const Disk::Counts& after = disk_.counts();
    bool in_doubt = after.failed_syncs > before.failed_syncs && after.failed > before.failed + 1;
    watcher_.refused(applied.error(), in_doubt);
    refuse_batch(std::move(batch), in_doubt);
    return true;
  }
  watcher_.committed(commands);
  if (death.place == Place::before_effects) return false;
  int64_t done = 0;
  for (size_t i = 0; i < batch.size(); ++i) {
    watcher_.told(commands[i], (*applied)[i]);
    if (!carry_out((*applied)[i].effects, death, done)) return false;
  }
  // The journal has these ends now.
  for (const store::Command& command : commands) {
    if (auto* end = std::get_if<event::AttemptEnded>(&command.event.what)) {
      engine_.forget(end->attempt);
    }
  }
  if (death.place == Place::amid_effects) return false;
  for (size_t i = 0; i < batch.size(); ++i) {
    if (death.place == Place::amid_answers && static_cast<int64_t>(i) >= death.after) return false;
    if (!batch[i].call.empty()) watcher_.answered(batch[i].call, (*applied)[i]);
  }
  return death.place != Place::amid_answers;
}

// A fault: a copy of the core decides, and its effects are carried out at once.
void Daemon::run_ahead(std::vector<store::Command> commands) {
  Result<Centre> ahead = Centre::restore(centre().snapshot());
  if (!ahead) return;
  int64_t done = 0;
  for (const store::Command& command : commands) {
    if (std::holds_alternative<event::Submit>(command.event.what)) continue;
    carry_out(ahead->step(command.event), {}, done);
  }
}

bool Daemon::carry_out(const Effects& effects, const Death& death, int64_t& done) {
  auto dead = [&] { return death.place == Place::amid_effects && done++ >= death.after; };
  for (const StartAttempt& start : effects.starts) {
    if (dead() || !start_attempt(start)) return false;
  }
  for (const StopAttempt& stop : effects.stops) {
    if (dead()) return false;
    engine_.stop(stop.attempt, stop.how);
  }
  return true;
}

bool Daemon::start_attempt(const StartAttempt& start) {
  Result<Payload> payload = keeper_->queries().payload(start.attempt.job);
  if (disk_.is_off()) return false;
  expect(payload.has_value(), "a_started_job_has_its_payload",
         payload ? "" : payload.error().message);
  engine_.start({start, std::make_shared<const Payload>(std::move(*payload))});
  return true;
}

// Nothing has happened: callers hear so, reports are kept for the next try.
void Daemon::refuse_batch(std::vector<Item> batch, bool in_doubt) {
  std::vector<std::string> calls;
  for (auto it = batch.rbegin(); it != batch.rend(); ++it) {
    if (it->call.empty()) {
      inbox_.push_front(std::move(*it));
    } else {
      calls.push_back(std::move(it->call));
    }
  }
  std::reverse(calls.begin(), calls.end());
  for (const std::string& call : calls) watcher_.failed(call, in_doubt);
}

}  // namespace pentad::sim
