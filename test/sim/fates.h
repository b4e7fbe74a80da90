// What the simulated engine's attempts do and what happens to its reports, drawn from a seed.
#pragma once

#include <map>
#include <string>

#include "auditor.h"
#include "engine/simulated.h"
#include "random.h"
#include "reached.h"
#include "scenario.h"

namespace pentad::sim {

class Fates : public engine::Script {
 public:
  Fates(Random random, const Scenario& scenario, Auditor& auditor, Reached& reached)
      : random_(random), scenario_(scenario), auditor_(auditor), reached_(reached) {}

  engine::Fate fate(const engine::Order& order) override;
  std::vector<Duration> delivery(const engine::Report& report) override;
  void ordered(const engine::Order& order, Time now) override;
  void began(const AttemptId& attempt, Time now) override;
  void ended(const AttemptId& attempt, const AttemptEnd& end, Time now) override;

  // From now on everything goes well: reports arrive at once, attempts end soon and with success.
  void be_kind() { kind_ = true; }

 private:
  Random random_;
  const Scenario& scenario_;
  Auditor& auditor_;
  Reached& reached_;
  bool kind_ = false;
};

}  // namespace pentad::sim
