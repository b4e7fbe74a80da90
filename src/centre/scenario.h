// Test tool: plays a scenario, a text that a person can read, against the core and writes down what
// the core decided. A scenario file holds commands, each followed by the expected decisions as
// lines that begin with "> ". With PENTAD_UPDATE_GOLDEN=1 the test writes the decisions it saw.
//
//   at 10s                          time moves on; due wakes happen on the way
//   node a cores=8 memory=16 [pool=p] [gpu=2xG] [features=x,y]
//   device G kind=gpu price=1000 mflops=500
//   policy depth=1 licences=lic:2 delay=5s cheap_hours=2-6
//   submit [name=x] [user=u] [project=p] [cores=1] [nodes=1] [memory=1] [limit=60s] [array=0-9]
//          [max_running=2] [after=ok:1] [hold] [begin=30s] [deadline=90s] [gpu=1] [exclusive] ...
//   start 1 | start 3_4             the engine reports the latest attempt as started
//   end 1 [exit=0|signal=9|kind=timeout] [number=1]
//   cancel 1 | cancel 3 elements=2-4 | hold 1 | release 1 [operator] | requeue 1 [hold]
//   modify 1 limit=30s cores=2 | drain a | down a | up a
//   reserve nodes=a from=60s to=120s users=u | unreserve 1
//   tenant T [state=frozen] [change] | project T/P [state=...] [change]
//   user U [state=...] [unix=u] [key=k] [change]
//   grant U ROLE[:T[/P]] | revoke U ROLE[:T[/P]]
//   why 1
//   charge, price, topup, voucher, ... see scenario_money.h
//
// Any command that is an event may end in "more": the next one belongs to the same moment.
#pragma once

#include <istream>
#include <string>

namespace pentad {

// Returns the scenario with the decisions the core took; equal to the input when all were as
// expected. After every command the invariants are checked and the state goes through a snapshot
// and back; what is wrong appears as a line "> BROKEN ...".
std::string play_scenario(std::istream& scenario);

}  // namespace pentad
