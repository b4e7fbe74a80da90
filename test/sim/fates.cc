#include "fates.h"

#include <charconv>

namespace pentad::sim {

namespace {

AttemptEnd draw_end(Random& random) {
  AttemptEnd end;
  end.usage.cpu_user = random.duration(Duration{}, seconds(20));
  end.usage.peak_memory = mebibytes(random.below(100));
  switch (random.below(20)) {
    case 0:
      end.exit_code = 1;
      break;
    case 1:
    case 2:
      end.exit_code = 75;
      break;
    case 3:
      end.kind = EndKind::signalled;
      end.signal = 11;
      break;
    case 4:
      end.kind = EndKind::out_of_memory;
      end.signal = 9;
      break;
    case 5:
      end.kind = EndKind::lost;
      end.message = "the supervisor vanished";
      break;
    case 6:
      end.kind = EndKind::not_started;
      end.message = "no such directory";
      break;
    default:
      break;
  }
  return end;
}

}  // namespace

engine::Fate Fates::fate(const engine::Order& order) {
  engine::Fate fate;
  fate.end = draw_end(random_);
  fate.prepares = random_.duration(Duration{}, Duration{50});
  fate.grace = random_.duration(Duration{}, seconds(3));
  fate.runs = random_.duration(Duration{1}, seconds(40));
  if (random_.chance(100)) fate.runs = order.start.limit + seconds(5);
  if (random_.chance(50)) fate.runs = Duration{};
  if (kind_) fate.runs = Duration{10};
  return fate;
}

std::vector<Duration> Fates::delivery(const engine::Report&) {
  if (kind_) return {Duration{}};
  if (random_.chance(scenario_.report_lost)) {
    reached_(Rare::report_lost);
    return {};
  }
  std::vector<Duration> arrivals{Duration{}};
  if (random_.chance(scenario_.report_late)) {
    reached_(Rare::report_late);
    arrivals[0] = random_.duration(Duration{1}, seconds(30));
  }
  if (random_.chance(scenario_.report_doubled)) {
    reached_(Rare::report_doubled);
    arrivals.push_back(random_.duration(Duration{}, seconds(60)));
  }
  return arrivals;
}

void Fates::ordered(const engine::Order& order, Time now) {
  JobId job = order.start.attempt.job;
  expect(order.payload != nullptr, "a_start_has_its_payload", std::to_string(job.value));
  const auto& environment = order.payload->environment;
  auto of = [&environment](const char* name) {
    auto it = environment.find(name);
    return it == environment.end() ? std::string() : it->second;
  };
  std::string place_text = of("PLACE");
  int64_t place = 0;
  std::from_chars(place_text.data(), place_text.data() + place_text.size(), place);
  auditor_.ordered(order.start, of("SUBMISSION"), place, now);
}

void Fates::began(const AttemptId& attempt, Time) { auditor_.began(attempt); }

void Fates::ended(const AttemptId& attempt, const AttemptEnd& end, Time) {
  auditor_.ended(attempt, end);
}

}  // namespace pentad::sim
