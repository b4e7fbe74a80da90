// Each rule of the definition in scheduler.h as a scene a person can follow. What must start stands
// behind the colon; the oracle checks the same lines. The language is described in scenario.h.
#include <doctest/doctest.h>

#include "schedule/scenario.h"

namespace pentad::scenario {
namespace {

void scene(std::string_view text) {
  const auto wrong = run(text);
  INFO(wrong.value_or(""));
  CHECK_FALSE(wrong.has_value());
}

}  // namespace

TEST_CASE("order: priority, then submit time, then id") {
  scene(R"(
node n cores=1
job 1 at=5 prio=1
job 2 at=3
job 3 at=4 prio=1
job 5 at=3
position 3 : 1
position 2 : 3
position 5 : 4
pass 10 : 3@n
end 3
pass 11 : 1@n
end 1
pass 12 : 2@n
end 2
pass 13 : 5@n
)");
}

TEST_CASE("order: the elements of an array stand at their job's place") {
  scene(R"(
node n cores=3
job 1 at=0 count=2
job 2 at=1
job 3 at=2
pass 5 : 1@n 1@n 2@n
count 3 4
end 1
end 1
pass 6 : 3@n 3@n
)");
}

TEST_CASE("order: a new priority moves a job") {
  scene(R"(
node n cores=1
job 1 at=0 limit=50
pass 0 : 1@n
job 2 at=1
job 3 at=2
rekey 3 7
position 3 : 1
end 1
pass 3 : 3@n
drop 2
end 3
pass 4 : nothing
)");
}

TEST_CASE("backfill: a later job starts when it ends before the reservation begins") {
  scene(R"(
node n cores=4
job 1 c=3 limit=100
pass 0 : 1@n
job 2 at=1 c=4 limit=50
job 3 at=2 c=1 limit=100
job 4 at=3 c=1 limit=99
pass 1 : 4@n
)");
}

TEST_CASE("backfill: or when it uses nothing reserved") {
  scene(R"(
# Job 3 gets a at 100. Job 4 runs on b for long.
node a cores=4
node b cores=4
job 1 c=4 limit=100
job 2 c=2 limit=200
pass 0 : 1@a 2@b
job 3 at=1 c=4 limit=10
job 4 at=2 c=2 limit=500
pass 1 : 4@b
)");
  scene(R"(
# Beside the three cores reserved from 100 on there is room for one more.
node a cores=4
job 1 c=3 limit=100
pass 0 : 1@a
job 2 at=1 c=3 limit=50
job 3 at=2 c=1 limit=1000
job 4 at=3 c=1 limit=1000
pass 1 : 3@a
)");
}

TEST_CASE("backfill: devices that are reserved are kept, others may be used") {
  scene(R"(
model g gpu
node a cores=8 dev=g:2
job 1 c=1 dev=g:1 limit=100
pass 0 : 1@a[0]
job 2 at=1 c=1 dev=g:2 limit=50
job 3 at=2 c=1 dev=g:1 limit=200
job 4 at=3 c=1 limit=200
pass 1 : 4@a
)");
}

TEST_CASE("backfill: an early end moves the reservation") {
  scene(R"(
node a cores=2
node b cores=2
job 1 c=2 limit=100
job 2 c=2 limit=300
pass 0 : 1@a 2@b
job 3 at=1 c=2 limit=50
job 4 at=2 c=1 limit=500
pass 1 : nothing
forecast 1 9 : 3=100 4=150
end 2
pass 2 : 3@b
pass 3 : nothing
end 1
pass 4 : 4@a
)");
}

TEST_CASE("an attempt past its limit is taken to end in the next millisecond") {
  scene(R"(
node a cores=2
job 1 c=1 limit=10
pass 0 : 1@a
job 2 at=1 c=2 limit=5
job 3 at=2 c=1 limit=2
pass 20 : nothing
forecast 20 9 : 2=21 3=26
job 4 at=3 c=1 limit=1
pass 20 : 4@a
)");
}

TEST_CASE("depth 0 reserves for nobody, depth 2 for the first two blocked, -1 for all") {
  constexpr std::string_view rest = R"(
node a cores=2
node b cores=2
job 1 c=2 limit=100
job 2 c=1 limit=100
pass 0 : 1@a 2@b
job 3 at=1 c=2 limit=50
job 4 at=2 c=2 limit=50
job 5 at=3 c=1 limit=120
pass 1 : )";
  const std::string scene_text(rest);
  scene("depth 0" + scene_text + "5@b");
  scene("depth 1" + scene_text + "5@b");      // 3 gets a at 100; b is free for 5
  scene("depth 2" + scene_text + "nothing");  // 4 gets b at 100
  scene("depth -1" + scene_text + "nothing");
}

TEST_CASE("without backfill nothing overtakes, and the queue moves on when its head starts") {
  scene(R"(
depth fcfs
node a cores=2
job 1 c=2 limit=100
pass 0 : 1@a
job 2 at=1 c=2 limit=50
job 3 at=2 c=1 limit=5
pass 2 : nothing
end 1
pass 10 : 2@a
end 2
pass 20 : 3@a
)");
}

TEST_CASE("each blocked element of an array counts as a job") {
  scene(R"(
depth 2
node a cores=2
node b cores=2
job 1 c=2 limit=100
job 2 c=1 limit=100
pass 0 : 1@a 2@b
job 3 at=1 c=2 limit=50 count=2
job 5 at=3 c=1 limit=120
pass 1 : nothing
)");
}

TEST_CASE("a job that never fits reserves nothing and does not count") {
  scene(R"(
node a pool=p cores=2 state=drained
node b pool=q cores=2
job 1 at=0 pools=p
job 2 at=1 c=1 limit=100
pass 0 : 2@b
job 3 at=2 c=2 limit=10
job 4 at=3 c=1 limit=200
pass 3 : nothing
why 3 1 : nodes_unavailable "0 such nodes are up" "1 node is drained"
state a up
pass 4 : 1@a 4@b
)");
}

TEST_CASE("a job of several nodes starts whole, on nodes of one pool, or not at all") {
  scene(R"(
node a pool=p cores=2
node b pool=p cores=2
node c pool=q cores=2
job 1 c=2 limit=50
pass 0 : 1@a
job 2 at=1 c=1 n=2
pass 1 : nothing
why 1 2 : resources "2 nodes with 1 core each" "1 node of pool p, q has as much free at once"
end 1
pass 2 : 2@a+b
job 3 at=3 c=1 n=3
pass 3 : nothing
why 3 3 : nodes_unavailable "2 such nodes are up"
)");
}

TEST_CASE("placement: the wish decides among pools and models by measured throughput") {
  constexpr std::string_view centre = R"(
model x gpu fp64=100 price=10 full=50
model y gpu fp64=300 price=60 full=100
node a pool=p cores=9 dev=x:9
node b pool=q cores=9 dev=y:9
)";
  const std::string lines(centre);
  scene(lines + "job 1 kind=gpu:1 wish=cheapest\npass 0 : 1@a[0]");            // 0.1 against 0.2
  scene(lines + "job 1 kind=gpu:1 wish=fastest\npass 0 : 1@b[0]");             // 300 against 100
  scene(lines + "job 1 kind=gpu:1 wish=greenest\npass 0 : 1@b[0]");            // 0.33 against 0.5
  scene(lines + "job 1 kind=gpu:1 wish=greenest prec=fp32\npass 0 : 1@a[0]");  // unknown: by name
  scene(lines + "job 1 dev=y:1 wish=cheapest\npass 0 : 1@b[0]");
  scene(lines + "job 1 dev=x|y:9\njob 2 at=1 dev=x|y:1\npass 0 : 1@a[0,1,2,3,4,5,6,7,8] 2@b[0]");
}

TEST_CASE("placement: what is measured goes before what the catalogue says; unknown comes last") {
  scene(R"(
model low cpu fp64=10 peak=900 price=1
model high cpu peak=100 price=1
model dark cpu price=0
node a pool=a cpu=low
node b pool=b cpu=high
node c pool=c cpu=dark
job 1 c=3 wish=cheapest
job 2 c=3 wish=cheapest at=1
job 3 c=3 wish=cheapest at=2
pass 0 : 1@b 2@a 3@c
)");
}

TEST_CASE("placement: the fullest node that fits, then the lowest name") {
  scene(R"(
node a cores=4
node b cores=4
node c cores=4
job 1 c=2
pass 0 : 1@a
job 2 c=3 at=1
pass 1 : 2@b
job 3 c=1 at=2
pass 2 : 3@b
job 4 c=2 at=3
pass 3 : 4@a
job 5 c=1 at=4
pass 4 : 5@c
)");
  scene(R"(
# With devices their free thousandths count before cores.
model g gpu
node a cores=4 dev=g:2
node b cores=8 dev=g:2
job 1 c=1 dev=g:1 at=0 pools=p
job 2 c=4 at=1
pass 0 : 1@a[0] 2@b
job 3 c=1 dev=g:1 at=2
job 4 c=1 dev=g:1 at=3
pass 1 : 3@a[1] 4@b[0]
)");
}

TEST_CASE("placement: shares go to the device with the least left that fits") {
  scene(R"(
model g gpu
node a cores=9 dev=g:2
job 1 dev=g:1 share=300
job 2 dev=g:1 share=500 at=1
job 3 dev=g:1 share=500 at=2
job 4 dev=g:1 share=200 at=3
job 5 dev=g:1 share=600 at=4
pass 5 : 1@a[0] 2@a[0] 3@a[1] 4@a[0]
why 5 5 : resources "0.600 each" "0 nodes of pool p have as much free at once"
end 3
pass 6 : 5@a[1]
)");
}

TEST_CASE("an exclusive job takes a whole node and nothing else runs there") {
  scene(R"(
node a cores=4
node b cores=4
job 1 c=1
pass 0 : 1@a
job 2 at=1 c=1 excl
job 3 at=2 c=1
pass 1 : 2@b 3@a
job 4 at=3 c=1 excl
pass 2 : nothing
why 2 4 : resources "a whole node of 1 core"
)");
}

TEST_CASE("memory and features") {
  scene(R"(
node a cores=4 mem=100 feat=ssd
node b cores=4 mem=50 feat=ib,ssd
job 1 mem=60 feat=ssd
job 2 mem=60 feat=ib at=1
job 3 mem=50 feat=ib,ssd at=2
job 4 mem=50 at=3
pass 4 : 1@a 3@b
)");
}

TEST_CASE("licences are counted over the centre") {
  scene(R"(
licence x 3
node a cores=8
job 1 lic=x:2 limit=20
job 2 at=1 lic=x:3 limit=30
job 3 at=2 lic=x:1 limit=21
job 4 at=3 lic=x:1 limit=20
pass 1 : 1@a 4@a
why 1 2 : licences "needs 3 of licence 'x'; none of 3 free"
end 4
end 1
pass 2 : 2@a
)");
}

TEST_CASE("an advance reservation keeps its nodes for those who name it") {
  scene(R"(
node a cores=2
node b cores=2
reserve 1 20 40 a
job 1 c=2 limit=30
job 2 c=2 limit=21 at=1
job 3 c=1 limit=10 resv=1 at=2
pass 0 : 1@b
why 0 3 : reservation "begins in 1 s"
job 4 c=2 limit=20 at=3
pass 0 : 4@a
end 4
pass 20 : 3@a
pass 35 : nothing
job 5 c=1 limit=6 resv=1 at=4
why 35 5 : reservation "does not end within"
end 3
pass 40 : 2@a
)");
}

// The reservation of job 2 begins behind the advance reservation; the gap before is long enough
// only since job 1 ended early.
TEST_CASE("an early end opens the gap before an advance reservation") {
  scene(R"(
node a cores=2
reserve 1 34 37 a
job 1 c=2 limit=16
job 2 c=2 limit=17 at=1
pass 0 : 1@a
end 1
pass 12 : 2@a
)");
}

TEST_CASE("the power cap of the hour holds a job back, which then reserves nothing") {
  scene(R"(
# 2 nodes idle at 4 each; a job of 2 cores adds 2 x 9. The cap of the next hour is wide.
model cpu cpu idle=1 full=10
node a cores=4
node b cores=4
cap 30 60
job 1 c=2 limit=500
job 2 at=1 c=2 limit=500
job 3 at=2 c=4 limit=500
pass 0 : 1@a
why 0 2 : power_cap "this hour's cap"
pass 60 : 2@a
)");
}

TEST_CASE("nodes that drain or go down take nothing new") {
  scene(R"(
node a cores=2
node b cores=2
job 1 c=1
pass 0 : 1@a
state a draining
job 2 at=1 c=1
job 3 at=2 c=1
job 4 at=3 c=1
pass 1 : 2@b 3@b
why 1 4 : resources "at most 0 cores free" "1 node is draining"
state a up
pass 2 : 4@a
)");
}

TEST_CASE("a smaller node keeps what runs on it") {
  scene(R"(
node a cores=4
job 1 c=4 limit=100
pass 0 : 1@a
node a cores=2
job 2 at=1 c=1
pass 1 : nothing
end 1
pass 2 : 2@a
remove a
job 3 at=2 c=1
end 2
pass 3 : nothing
node a cores=2
pass 4 : 3@a
)");
}

TEST_CASE("after a restart the same starts") {
  scene(R"(
model g gpu
node a cores=4 dev=g:2
node b cores=4 dev=g:2
job 1 c=2 dev=g:1 share=500 limit=50
job 2 c=4 at=1 limit=70
pass 0 : 1@a[0] 2@b
job 3 c=4 at=2 limit=20
job 4 c=1 dev=g:1 share=500 at=3 limit=90
job 5 c=1 dev=g:1 share=500 at=4 limit=49
restart
pass 1 : 5@a[0]
)");
}

TEST_CASE("forecast: every job at its earliest behind those before it") {
  scene(R"(
node a cores=2
job 1 c=2 limit=10
pass 0 : 1@a
job 2 at=1 c=1 limit=20
job 3 at=2 c=2 limit=5
job 4 at=3 c=1 limit=20
job 5 at=4 c=9 limit=1
job 6 at=5 c=1 limit=20 count=3
forecast 2 100 : 2=10 3=30 4=10 6=35
forecast 2 2 : 2=10 3=30
)");
}

TEST_CASE("a job kept back for another says for whom") {
  scene(R"(
node a cores=4
job 1 c=3 limit=5000
pass 0 : 1@a
job 2 at=1 c=4 limit=50
job 3 at=2 c=1 limit=9000
pass 1 : nothing
why 1 2 : resources "needs 4 cores on one node; at most 1 core free on one node of pool p"
why 1 3 : priority "kept for job 2" "in 5 s"
)");
}

}  // namespace pentad::scenario
