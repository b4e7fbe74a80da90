// The part of a scenario that is about money: commands of finance, and what the core answers.
//
//   charge core_hour,device_hour [pue=1300] [requeued]     what is charged; "charge off" for
//   nothing price core_hour=1.2 [tenant=T] [qos=q] [pool=p] [model=G] [from=0s] [until=60s]
//         [steps=0:1.2|3600:0.6]       a step begins at so many seconds of the unit's hour
//         [hours=0.5|1]                two prices of a kWh: hours 0-11 and 12-23 of the day
//   end_price 1 at=60s | topup T 100 ref=INV-1 | credit T 20
//   adjust 10 from=tenant/T to=write-off reason=x
//   budget T/P [total=50] [month=20]
//   quota T | T/P | user:U [running=2] [queued=5] [cores=8] [devices=1000] [device_ms=3600000]
//   voucher T 100 until=60s [project=P] [share=600] [classes=training] [pools=p] [funder=F]
//   cancel_voucher 1 | meter T/P storage_gib_day 1024 [user=u] [ref=x]
//   close T/P month=1970-01 total=1.2 charges=1
//   accounts | balance T | quote [as submit]
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "centre/centre.h"
#include "centre/effects.h"
#include "centre/event.h"

namespace pentad {

using ScenarioWords = std::map<std::string, std::string>;

// The event of a command about money; nothing for other commands. `start` is the scenario's 0 s.
std::optional<event::What> money_command(const std::string& verb, const std::string& subject,
                                         const ScenarioWords& words, const Policy& policy,
                                         Time start);
// Entries, charges and notices, a line each.
std::vector<std::string> money_lines(const Effects& effects);
std::vector<std::string> account_lines(const Centre& centre);
std::vector<std::string> quote_lines(const Quote& quote);

}  // namespace pentad
