// Scheduler scenarios as text, for the tests: each line is a call on the scheduler, `pass` and the
// other questions may state what must come out. Every line goes to the real scheduler and to the
// oracle, and both must agree. Times are milliseconds (or another unit) after an arbitrary start,
// powers milliwatts, memory bytes.
//
//   depth N                 reservation depth; fcfs: no backfill
//   licence NAME N          a licence and how many there are
//   cap FIRST SECOND        power cap of the hour that ends at time 60, and of all others
//   model NAME KIND [fp64=N] [fp32=N] [peak=N] [price=N] [idle=N] [full=N]
//   node NAME pool=P [cores=N] [mem=N] [cpu=MODEL] [dev=MODEL:N,...] [feat=F,...] [state=S]
//   state NAME S            up, draining, drained, down
//   remove NAME
//   reserve ID BEGIN END NODE,...      unreserve ID
//   job ID [limit=N] [prio=N] [at=N] [n=NODES] [c=CORES] [mem=N] [dev=MODEL|MODEL:N] [kind=KIND:N]
//       [share=N] [excl] [feat=F,...] [pools=P,...] [lic=NAME:N,...] [resv=ID] [count=N] [wish=W]
//       [prec=P]
//   count ID N    rekey ID PRIORITY    drop ID
//   end ID                  the oldest running attempt of the job ends
//   restart                 the real scheduler is made anew from what should be remembered
//   pass T [: ID@NODE[DEVICES]+NODE ID@... | : nothing]
//   forecast T N [: ID=T ID=T ...]
//   why T ID [: REASON words that the sentence must contain]
//   position ID : N
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schedule/oracle.h"
#include "schedule/scheduler.h"

namespace pentad::scenario {

struct Options {
  bool every_millisecond = false;  // as oracle::World
  int64_t unit_ms = 1;             // what a time of 1 stands for
  bool check_always = false;  // invariants after every line, which also brings indexes up to date
};

// Runs the lines; the first disagreement (with what a line states, with the oracle, or of an
// invariant) is returned with the line's text, nothing when all is well.
std::optional<std::string> run(const std::vector<std::string>& lines, const Options& options = {});
std::optional<std::string> run(std::string_view text);

// Removes lines as long as the scenario still fails; returns it with what goes wrong, one line
// each.
std::string shrink(std::vector<std::string> lines, const Options& options);

}  // namespace pentad::scenario
