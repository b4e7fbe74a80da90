#include "schedule/generate.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace pentad::scenario {
namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(mix64(seed)) {}
  // 0 .. n-1.
  int64_t below(int64_t n) {
    state_ = mix64(state_);
    return static_cast<int64_t>(state_ % static_cast<uint64_t>(n));
  }
  int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }
  bool once_in(int64_t n) { return below(n) == 0; }
  template <class T>
  T one_of(std::initializer_list<T> list) {
    return list.begin()[below(static_cast<int64_t>(list.size()))];
  }

 private:
  uint64_t state_;
};

constexpr int kFcfs = -2;  // as a depth: no backfill

// What a scenario is about, so that rare features meet each other often in some.
struct Flavour {
  int depth = 1;
  bool devices = false, shares = false, licences = false, reservations = false, power = false;
  bool features = false, memory = false, multi_node = false, exclusive = false, arrays = false;
  bool node_events = false, overruns = false, mixed_pools = false;
  int pools = 1;
  int64_t limit = 30;
};

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  std::vector<std::string> make() {
    choose_flavour();
    set_up();
    const int64_t steps = random_.between(10, 60);
    for (int64_t i = 0; i < steps; ++i) step();
    return std::move(lines_);
  }

 private:
  void choose_flavour();
  void set_up();
  void step();
  void add_node(int64_t index);
  void add_job();
  void add_reservation();
  void change_nodes();
  std::string node_name() { return fmt::format("n{}", random_.below(nodes_)); }
  std::string node_list();
  int64_t some_job() { return random_.between(std::max<int64_t>(1, jobs_ - 12), jobs_ + 1); }
  template <class... T>
  void say(fmt::format_string<T...> format, T&&... args) {
    lines_.push_back(fmt::format(format, std::forward<T>(args)...));
  }

  Random random_;
  Flavour flavour_;
  std::vector<std::string> lines_;
  int64_t nodes_ = 0;
  int64_t jobs_ = 0;
  int64_t now_ = 0;
};

void Generator::choose_flavour() {
  const auto maybe = [&](int64_t n) { return random_.once_in(n); };
  flavour_.depth = random_.one_of({1, 1, 1, 1, 1, 0, 2, 3, -1, kFcfs});
  flavour_.devices = maybe(2);
  flavour_.shares = maybe(2);
  flavour_.licences = maybe(4);
  flavour_.reservations = maybe(3);
  flavour_.power = maybe(5);
  flavour_.features = maybe(4);
  flavour_.memory = maybe(2);
  flavour_.multi_node = maybe(2);
  flavour_.exclusive = maybe(4);
  flavour_.arrays = maybe(3);
  flavour_.node_events = maybe(3);
  flavour_.overruns = maybe(3);
  flavour_.mixed_pools = maybe(6);
  flavour_.pools = static_cast<int>(random_.one_of({1, 1, 2, 3}));
  flavour_.limit = random_.one_of({5, 30, 30, 100});
}

void Generator::set_up() {
  say("depth {}", flavour_.depth == kFcfs ? "fcfs" : std::to_string(flavour_.depth));
  say("model cpu cpu fp64={} fp32={} price={} idle=1 full={}", random_.below(5), random_.below(5),
      random_.below(5), random_.between(1, 5));
  say("model big cpu fp64={} peak={} price={} idle=2 full={}", random_.below(5), random_.below(5),
      random_.below(5), random_.between(2, 9));
  if (flavour_.devices) {
    for (const char* name : {"a", "b"}) {
      say("model {} {} fp64={} fp32={} peak={} price={} idle=3 full={}", name,
          random_.one_of({"gpu", "gpu", "dcu"}), random_.below(4), random_.below(4),
          random_.below(4), random_.below(4), random_.between(3, 20));
    }
  }
  if (flavour_.licences) {
    say("licence x {}", random_.between(1, 4));
    if (random_.once_in(2)) say("licence y {}", random_.between(0, 4));
  }
  nodes_ = random_.between(1, random_.one_of({2, 4, 7}));
  for (int64_t i = 0; i < nodes_; ++i) add_node(i);
  if (flavour_.power) {
    say("cap {} {}", random_.between(10, 150), random_.between(10, 150));
  }
}

void Generator::add_node(int64_t index) {
  const int64_t pool = index % flavour_.pools;
  // Nodes of one pool are alike unless the flavour says otherwise.
  Random make(static_cast<uint64_t>(flavour_.mixed_pools ? random_.below(1000) : pool + 7 * jobs_));
  std::string line = fmt::format("node n{} pool=p{} cores={} mem={} cpu={}", index, pool,
                                 make.one_of({1, 2, 4, 4, 6}), make.one_of({50, 100}),
                                 make.one_of({"cpu", "big"}));
  if (flavour_.devices && !make.once_in(3)) {
    line += fmt::format(" dev=a:{}", make.between(1, 3));
    if (make.once_in(3)) line += fmt::format(",b:{}", make.between(1, 2));
  }
  if (flavour_.features && !random_.once_in(3)) {
    line += random_.one_of({" feat=ib", " feat=ib,ssd", " feat=ssd"});
  }
  if (flavour_.node_events && random_.once_in(6)) {
    line += random_.one_of({" state=down", " state=drained"});
  }
  lines_.push_back(line);
}

void Generator::add_job() {
  ++jobs_;
  std::string line =
      fmt::format("job {} at={} limit={}", jobs_, now_, random_.between(1, flavour_.limit));
  const auto add = [&](const std::string& word) { line += " " + word; };
  if (random_.once_in(3)) add(fmt::format("prio={}", random_.between(-3, 3)));
  add(fmt::format("c={}", random_.one_of({1, 1, 2, 2, 3, 4, 6})));
  if (flavour_.memory) add(fmt::format("mem={}", random_.one_of({0, 10, 30, 50, 100})));
  if (flavour_.multi_node && random_.once_in(2)) {
    add(fmt::format("n={}", random_.between(1, std::min<int64_t>(nodes_ + 1, 4))));
  }
  if (flavour_.devices && random_.once_in(2)) {
    const int64_t count = random_.between(1, 3);
    switch (random_.below(4)) {
      case 0:
        add(fmt::format("kind={}:{}", random_.one_of({"gpu", "dcu"}), count));
        break;
      case 1:
        add(fmt::format("dev=a|b:{}", count));
        break;
      default:
        add(fmt::format("dev={}:{}", random_.one_of({"a", "b"}), count));
    }
    if (flavour_.shares && random_.once_in(2)) {
      add(fmt::format("share={}", random_.one_of({200, 300, 500, 700})));
    }
  }
  if (flavour_.exclusive && random_.once_in(4)) add("excl");
  if (flavour_.features && random_.once_in(3)) {
    add(random_.one_of({"feat=ib", "feat=ssd", "feat=ib,ssd", "feat=none"}));
  }
  if (random_.once_in(5)) add(random_.one_of({"pools=p0", "pools=p1", "pools=p0,p2"}));
  if (flavour_.licences && random_.once_in(2)) {
    add(random_.one_of({"lic=x:1", "lic=x:2", "lic=y:1", "lic=x:1,y:1", "lic=x:1,x:1"}));
  }
  if (flavour_.reservations && random_.once_in(4)) {
    add(fmt::format("resv={}", random_.between(1, 3)));
  }
  if (flavour_.arrays && random_.once_in(3)) add(fmt::format("count={}", random_.between(1, 5)));
  add(fmt::format("wish={}", random_.one_of({"cheapest", "fastest", "greenest"})));
  if (random_.once_in(3)) add("prec=fp32");
  lines_.push_back(line);
}

std::string Generator::node_list() {
  std::string list = node_name();
  while (random_.once_in(2)) list += "," + node_name();
  return list;
}

void Generator::add_reservation() {
  // Reservations of one node do not overlap: each id has its own stretch of time.
  const int64_t id = random_.between(1, 3);
  const int64_t begin = now_ + random_.between(-5, 40);
  say("unreserve 1");
  say("unreserve 2");
  say("unreserve 3");
  say("reserve {} {} {} {}", id, begin, begin + random_.between(1, 50), node_list());
  if (random_.once_in(2)) {
    say("reserve {} {} {} {}", id % 3 + 1, begin + 60, begin + random_.between(61, 120),
        node_list());
  }
}

void Generator::change_nodes() {
  switch (random_.below(8)) {
    case 0:
      add_node(random_.below(nodes_ + 1));
      break;
    case 1:
      say("remove {}", node_name());
      break;
    case 2:
      say("model cpu cpu fp64={} price={} idle=1 full=4", random_.below(5), random_.below(5));
      break;
    default:
      say("state {} {}", node_name(), random_.one_of({"up", "up", "draining", "drained", "down"}));
  }
}

void Generator::step() {
  if (flavour_.node_events && random_.once_in(6)) return change_nodes();
  if (flavour_.reservations && random_.once_in(10)) return add_reservation();
  if (random_.once_in(40)) return say("restart");
  switch (random_.below(20)) {
    case 0:
      return say("drop {}", some_job());
    case 1:
      return say("rekey {} {}", some_job(), random_.between(-3, 3));
    case 2:
      return say("forecast {} {}", now_, random_.one_of({1, 3, 20}));
    case 3:
      if (flavour_.arrays) return say("count {} {}", some_job(), random_.between(0, 5));
      return say("why {} {}", now_, some_job());
    case 4:
    case 5:
    case 6:
    case 7:
      return say("end {}", some_job());
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
    case 13:
      return add_job();
    default:
      now_ += random_.one_of<int64_t>({0, 0, 1, 2, 5, 10, flavour_.overruns ? 40 : 3});
      return say("pass {}", now_);
  }
}

}  // namespace

std::vector<std::string> generate(uint64_t seed) { return Generator(seed).make(); }

}  // namespace pentad::scenario
