#include "cli/statement_text.h"

#include <fmt/format.h>

#include "base/money_text.h"
#include "base/reflect.h"
#include "cli/table.h"
#include "ledger/calendar.h"
#include "ledger/quantity_text.h"
#include "ledger/statement_words.h"

namespace pentad::cli {

namespace {

std::string job_text(const Charge& c) {
  if (!c.attempt.job) return "-";
  std::string out = std::to_string(c.attempt.job.value);
  if (c.attempt.index > 0) out += fmt::format("_{}", c.attempt.index);
  if (c.attempt.number > 1) out += fmt::format("#{}", c.attempt.number);
  return out;
}

std::string resources(const Charge& c) {
  const Placement& p = c.placement;
  if (!c.attempt.job) return "";
  std::string out = fmt::format("{}x{}c", p.nodes.size(), p.cores);
  size_t devices = 0;
  for (const NodeShare& node : p.nodes) devices += node.devices.size();
  if (devices > 0) out += fmt::format("+{}d", devices);
  if (p.memory.value > 0) out += fmt::format(" {}M", p.memory.value >> 20);
  return out;
}

Table charges_table(const ledger::Statement& s) {
  Table table({{"JOB", Align::right},
               {"NAME", Align::left, 6},
               {"USER", Align::left, 4},
               {"USED"},
               {"STARTED", Align::left},
               {"ENDED", Align::left},
               {"QUANTITY x PRICE"},
               {"PRICE", Align::right},
               {"CNY", Align::right}});
  for (const Charge& c : s.charges) {
    std::vector<Cell> begin = {job_text(c),
                               printable(c.name),
                               printable(c.user),
                               resources(c),
                               c.attempt.job ? ledger::local_time_text(c.started).substr(5) : "",
                               ledger::local_time_text(c.ended).substr(5)};
    auto add = [&](std::string what, std::string price, std::string amount) {
      begin.insert(begin.end(),
                   {Cell(std::move(what)), Cell(std::move(price)), Cell(std::move(amount))});
      table.add(std::move(begin));
      begin.assign(6, Cell(""));
    };
    for (const ChargeLine& line : c.lines) {
      add(fmt::format("{} {} x {}",
                      ledger::quantity_text(line.unit, line.quantity, line.price, line.amount),
                      ledger::unit_name(line.unit, ledger::Language::en), money_text(line.price)),
          fmt::format("#{}", line.price_id), money_text_exact(line.amount));
    }
    if (c.lines.empty()) {
      add(c.free_because.empty() ? "nothing used" : "not charged: " + printable(c.free_because), "",
          money_text_exact(c.total));
    }
    if (c.energy.value > 0 && !c.lines.empty()) {
      begin[3] = Cell(fmt::format("{} kWh", ledger::kwh_text(c.energy)));
      begin[4] = Cell(std::string(enum_name(c.energy_quality)));
    }
    for (const VoucherPart& part : c.vouchers) {
      add(fmt::format("voucher {}", part.voucher), "", money_text_exact(-part.amount));
    }
  }
  return table;
}

}  // namespace

std::string statement_text(const api::StatementFile& file, size_t width, bool colour) {
  const ledger::Statement& s = file.statement;
  std::string out = fmt::format(
      "statement of {}/{} for {}, {}\n\n", printable(s.tenant), printable(s.project),
      printable(s.month),
      file.digest.empty() ? "open" : "closed " + ledger::local_time_text(file.closed_at));
  if (s.charges.empty()) return out + "nothing was used\n";
  out += charges_table(s).render(width, colour) + "\n";
  Table units({{"RESOURCE"}, {"QUANTITY", Align::right}, {"CNY", Align::right}});
  for (const ledger::UnitSubtotal& unit : s.units) {
    units.add({std::string(ledger::unit_name(unit.unit, ledger::Language::en)),
               ledger::quantity_text(unit.unit, unit.quantity), money_text_exact(unit.amount)});
  }
  out += units.render(width, colour) + "\n";
  Table users({{"USER", Align::left, 6},
               {"CHARGES", Align::right},
               {"CNY", Align::right},
               {"BY VOUCHERS", Align::right},
               {"OWN MONEY", Align::right}});
  for (const ledger::UserSubtotal& user : s.users) {
    users.add({printable(user.user), std::to_string(user.charges), money_text_exact(user.total),
               money_text_exact(user.by_vouchers), money_text_exact(user.paid)});
  }
  out += users.render(width, colour) + "\n";
  for (const ledger::VoucherSubtotal& v : s.vouchers) {
    out += fmt::format("voucher {} of {} paid {}\n", v.voucher,
                       v.funder.empty() ? "?" : printable(v.funder), money_text_exact(v.amount));
  }
  out += fmt::format("total        {} CNY\nby vouchers  {}\nown money    {}\n",
                     money_text_exact(s.total), money_text_exact(s.by_vouchers),
                     money_text_exact(s.paid));
  if (!file.digest.empty()) out += fmt::format("digest {}\n", printable(file.digest));
  return out;
}

}  // namespace pentad::cli
