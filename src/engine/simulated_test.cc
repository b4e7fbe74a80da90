#include "engine/simulated.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

namespace pentad::engine {
namespace {

// Gives the fates it was told and writes down what the engine says, one line an event.
struct Recorder : Script {
  std::map<AttemptId, Fate> fates;
  std::vector<Duration> arrivals{Duration{}};
  std::vector<std::string> lines;

  Fate fate(const Order& order) override { return fates[order.start.attempt]; }
  std::vector<Duration> delivery(const Report&) override { return arrivals; }
  void began(const AttemptId& id, Time at) override {
    lines.push_back(fmt::format("{} began {}.{}", at.value, id.job.value, id.number));
  }
  void ended(const AttemptId& id, const AttemptEnd& end, Time at) override {
    lines.push_back(fmt::format("{} ended {}.{} {}", at.value, id.job.value, id.number,
                                boost::describe::enum_to_string(end.kind, "?")));
  }
  std::vector<std::string> take() { return std::exchange(lines, {}); }
};

struct Bench {
  Recorder script;
  SimulatedEngine engine{{}, &script, Time{0}};

  Bench() { engine.connect(sink()); }
  ReportSink sink() {
    return [this](std::vector<Report> reports) {
      for (const Report& report : reports) {
        if (auto* started = std::get_if<event::AttemptStarted>(&report)) {
          script.lines.push_back(fmt::format("{} hears start of {}.{}", engine.now().value,
                                             started->attempt.job.value, started->attempt.number));
        } else {
          const auto& ended = std::get<event::AttemptEnded>(report);
          script.lines.push_back(fmt::format("{} hears end of {}.{} {} {}", engine.now().value,
                                             ended.attempt.job.value, ended.attempt.number,
                                             boost::describe::enum_to_string(ended.end.kind, "?"),
                                             ended.end.exit_code));
        }
      }
    };
  }
  static AttemptId id(int64_t job, int32_t number = 1) { return {JobId{job}, 0, number}; }
  static StartAttempt order(AttemptId attempt, const std::string& node = "a") {
    StartAttempt start;
    start.attempt = attempt;
    start.placement.nodes = {{node, {}}};
    start.limit = Duration{1000};
    return start;
  }
  void start(AttemptId attempt, Fate fate, const std::string& node = "a") {
    script.fates[attempt] = std::move(fate);
    engine.start({order(attempt, node), nullptr});
  }
};

using Lines = std::vector<std::string>;

Fate runs(int64_t ms, int32_t exit_code = 0) {
  AttemptEnd end;
  end.exit_code = exit_code;
  return {Duration{5}, Duration{ms}, Duration{10}, end};
}

TEST_CASE("attempts begin and end when the script says") {
  Bench b;
  b.start(Bench::id(1), runs(100, 3));
  b.start(Bench::id(2), runs(50));
  CHECK(b.engine.next_time() == Time{5});
  b.engine.advance(Time{60});
  CHECK(b.script.take() == Lines{"5 began 1.1", "5 began 2.1", "5 hears start of 1.1",
                                 "5 hears start of 2.1", "55 ended 2.1 exited",
                                 "55 hears end of 2.1 exited 0"});
  CHECK(b.engine.running() == 1);
  b.engine.advance(Time{200});
  CHECK(b.script.take() == Lines{"105 ended 1.1 exited", "105 hears end of 1.1 exited 3"});
  CHECK(b.engine.next_time() == Time::never());
}

TEST_CASE("a start is carried out once, and an end reported until it is forgotten") {
  Bench b;
  b.start(Bench::id(1), runs(100));
  b.start(Bench::id(1), runs(7));
  b.engine.advance(Time{200});
  b.script.take();
  b.start(Bench::id(1), runs(7));
  b.engine.advance(Time{300});
  CHECK(b.script.take() == Lines{"200 hears end of 1.1 exited 0"});
  b.engine.forget(Bench::id(1));
  CHECK(b.engine.attempts() == 0);
}

TEST_CASE("the limit ends what runs too long, after its grace") {
  Bench b;
  b.start(Bench::id(1), runs(5000));
  b.engine.advance(Time{9999});
  CHECK(b.script.take().back() == "1015 hears end of 1.1 timeout 0");
}

TEST_CASE("a stop ends an attempt unless it ends by itself first") {
  Bench b;
  b.start(Bench::id(1), runs(100));
  b.start(Bench::id(2), runs(24));
  b.start(Bench::id(3), runs(100));
  b.engine.stop(Bench::id(3), StopHow::cancel);  // before it began
  b.engine.advance(Time{20});
  CHECK(b.script.take().front() == "0 ended 3.1 stopped");
  b.engine.stop(Bench::id(1), StopHow::cancel);
  b.engine.stop(Bench::id(1), StopHow::cancel);
  b.engine.stop(Bench::id(2), StopHow::limit);
  b.engine.stop(Bench::id(9), StopHow::cancel);
  b.engine.advance(Time{999});
  CHECK(b.script.take() == Lines{"29 ended 2.1 exited", "29 hears end of 2.1 exited 0",
                                 "30 ended 1.1 stopped", "30 hears end of 1.1 stopped 0"});
}

TEST_CASE("throttled attempts do their work later, and their limit waits for them") {
  Bench b;
  b.start(Bench::id(1), runs(100));
  b.start(Bench::id(2), runs(5000));  // beyond its limit of 1000
  b.engine.advance(Time{55});         // half of the first is done
  b.script.take();
  b.engine.set_pace(250'000);
  CHECK(b.engine.next_time() == Time{255});
  b.engine.advance(Time{155});
  b.engine.set_pace(0);
  CHECK(b.engine.next_time() == Time::never());
  b.engine.advance(Time{1155});
  CHECK(b.script.take().empty());
  b.engine.set_pace(kFullPace_ppm);
  CHECK(b.engine.next_time() == Time{1180});
  CHECK(b.engine.work() == 80 * kFullPace_ppm);
  b.engine.stop(Bench::id(2), StopHow::cancel);  // a stop does not wait
  b.engine.advance(Time{1165});
  CHECK(b.script.take() == Lines{"1165 ended 2.1 stopped", "1165 hears end of 2.1 stopped 0"});
  b.start(Bench::id(3), runs(5000));
  b.engine.advance(Time{1175});
  b.engine.set_pace(500'000);
  b.engine.advance(Time{9999});
  CHECK(b.script.take() == Lines{"1170 began 3.1", "1170 hears start of 3.1",
                                 "1185 ended 1.1 exited", "1185 hears end of 1.1 exited 0",
                                 "3185 ended 3.1 timeout", "3185 hears end of 3.1 timeout 0"});
}

TEST_CASE("the world goes on without a daemon, and tells the next one") {
  Bench b;
  b.start(Bench::id(1), runs(100));
  b.start(Bench::id(2), runs(500));
  b.engine.disconnect();
  b.engine.advance(Time{200});
  CHECK(b.script.take() == Lines{"5 began 1.1", "5 began 2.1", "105 ended 1.1 exited"});
  b.engine.connect(b.sink());
  b.engine.adopt(Bench::order(Bench::id(2)));
  b.engine.adopt(Bench::order(Bench::id(7)));
  b.engine.advance(Time{201});
  CHECK(b.script.take() == Lines{"200 hears end of 1.1 exited 0", "200 hears start of 2.1",
                                 "200 hears end of 7.1 lost 0"});
}

TEST_CASE("reports come late, twice or never") {
  Bench b;
  b.script.arrivals = {Duration{30}, Duration{0}};
  b.start(Bench::id(1), runs(10));
  b.engine.advance(Time{100});
  CHECK(b.script.take() == Lines{"5 began 1.1", "5 hears start of 1.1", "15 ended 1.1 exited",
                                 "15 hears end of 1.1 exited 0", "35 hears start of 1.1",
                                 "45 hears end of 1.1 exited 0"});
  b.script.arrivals = {};
  b.start(Bench::id(2), runs(10));
  b.engine.advance(Time{200});
  CHECK(b.script.take() == Lines{"105 began 2.1", "115 ended 2.1 exited"});
  b.script.arrivals = {Duration{}};
  b.engine.connect(b.sink());
  b.engine.advance(Time{200});
  CHECK(b.script.take() == Lines{"200 hears end of 1.1 exited 0", "200 hears end of 2.1 exited 0"});
}

TEST_CASE("a node that is cut off works on unseen") {
  Bench b;
  b.start(Bench::id(1), runs(100));
  b.start(Bench::id(2), runs(500));
  b.start(Bench::id(3), runs(500));
  b.engine.advance(Time{10});
  b.script.take();
  b.engine.lose_node("a", false);
  b.start(Bench::id(4), runs(10));
  b.engine.stop(Bench::id(2), StopHow::cancel);     // kept for later
  b.engine.stop(Bench::id(3), StopHow::node_lost);  // nobody hears it
  b.engine.advance(Time{200});
  CHECK(b.script.take() == Lines{"105 ended 1.1 exited"});
  b.engine.return_node("a");
  b.engine.advance(Time{300});
  CHECK(b.script.take() == Lines{"200 hears end of 1.1 exited 0", "200 hears start of 2.1",
                                 "200 hears start of 3.1", "205 began 4.1",
                                 "205 hears start of 4.1", "210 ended 2.1 stopped",
                                 "210 hears end of 2.1 stopped 0", "215 ended 4.1 exited",
                                 "215 hears end of 4.1 exited 0"});
  b.engine.stop(Bench::id(3), StopHow::unknown_attempt);
  b.engine.advance(Time{400});
  CHECK(b.script.take() == Lines{"310 ended 3.1 stopped", "310 hears end of 3.1 stopped 0"});
}

TEST_CASE("a node without power loses what ran there") {
  Bench b;
  b.start(Bench::id(1), runs(100));
  b.start(Bench::id(2), runs(100), "b");
  b.engine.advance(Time{10});
  b.script.take();
  b.engine.lose_node("a", true);
  CHECK(b.script.take() == Lines{"10 ended 1.1 lost"});
  b.engine.advance(Time{50});
  CHECK(b.script.take() == Lines{});
  b.engine.return_node("a");
  b.engine.advance(Time{60});
  CHECK(b.script.take() == Lines{"50 hears end of 1.1 lost 0"});
}

}  // namespace
}  // namespace pentad::engine
