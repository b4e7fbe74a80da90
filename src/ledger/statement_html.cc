#include <fmt/format.h>

#include "base/json_text.h"
#include "base/money_text.h"
#include "ledger/calendar.h"
#include "ledger/quantity_text.h"
#include "ledger/statement_forms.h"
#include "tenancy/directory.h"

namespace pentad::ledger {

namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  color: #1a1f24; background: #fff; max-width: 68rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.facts { display: flex; flex-wrap: wrap; gap: .3rem 2rem; margin: 0 0 1rem; padding: 0; }
.facts div { overflow-wrap: anywhere; } .facts dt { color: #5a6570; font-size: .8rem; }
.facts dd { margin: 0; font-weight: 600; }
.sums { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; margin: 1.2rem 0; }
.sums div { border: 1px solid #ccd3da; border-radius: 6px; padding: .7rem 1rem; }
.sums span { display: block; color: #5a6570; font-size: .85rem; }
.sums b { font-size: 1.35rem; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0;
  border-bottom: 1px solid #e3e7eb; overflow-wrap: anywhere; }
th { color: #5a6570; font-weight: 500; font-size: .85rem; border-bottom-color: #9aa4ad; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
small, .note { color: #5a6570; } .t, .p { white-space: nowrap; } tfoot td { font-weight: 600; }
.digest { font: .8rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
@page { size: A4; margin: 14mm; }
@media print { body { margin: 0; padding: 0; max-width: none; font-size: 9.5pt; }
  thead { display: table-header-group; } tr { break-inside: avoid; } h2 { break-after: avoid; } }
)";

// Text for a page: what is not UTF-8 or would not show becomes a mark, what means something to
// HTML is written as a character reference.
std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t n = utf8_sequence_bytes(text);
    unsigned char c = static_cast<unsigned char>(text.front());
    if (n == 0 || c < 0x20 || c == 0x7F) {
      out += "\xEF\xBF\xBD";
      n = 1;
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else {
      out += text.substr(0, n);
    }
    text.remove_prefix(n);
  }
  return out;
}

class Page {
 public:
  Page(const Statement& statement, const StatementSeal& seal, Language language)
      : s_(statement), seal_(seal), language_(language) {}
  std::string make();

 private:
  std::string w(Word which) const { return escaped(word(which, language_)); }
  void head();
  void facts();
  void sums();
  void by_unit();
  void by_user();
  void by_voucher();
  void charges();
  std::string what(const Charge& c) const;
  std::string resources(const Charge& c) const;
  std::string when(const Charge& c) const;
  std::string calculation(const Charge& c) const;
  void fact(Word name, std::string_view value);
  void sum(Word name, Money amount);
  void open_table(Word title, const std::vector<std::pair<Word, bool>>& columns);
  void row(const std::vector<std::string>& cells, size_t texts);

  const Statement& s_;
  const StatementSeal& seal_;
  Language language_;
  std::string out_;
};

void Page::fact(Word name, std::string_view value) {
  out_ += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", w(name), escaped(value));
}

void Page::sum(Word name, Money amount) {
  out_ +=
      fmt::format("<div><span>{}</span><b>{}</b> CNY</div>\n", w(name), money_text_exact(amount));
}

// `second` of a column: it holds numbers.
void Page::open_table(Word title, const std::vector<std::pair<Word, bool>>& columns) {
  out_ += fmt::format("<h2>{}</h2>\n<table>\n<thead><tr>", w(title));
  for (const auto& [name, is_number] : columns) {
    out_ += fmt::format("<th scope=\"col\"{}>{}</th>", is_number ? " class=\"n\"" : "", w(name));
  }
  out_ += "</tr></thead>\n<tbody>\n";
}

// The first `texts` cells hold text, the others numbers; all are HTML already.
void Page::row(const std::vector<std::string>& cells, size_t texts) {
  out_ += "<tr>";
  for (size_t i = 0; i < cells.size(); ++i) {
    out_ += fmt::format("<td{}>{}</td>", i < texts ? "" : " class=\"n\"", cells[i]);
  }
  out_ += "</tr>\n";
}

void Page::head() {
  out_ += fmt::format(
      "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{} {} {}</title>\n<style>{}</style>\n</head>\n<body>\n",
      language_ == Language::zh ? "zh-CN" : "en", w(Word::statement),
      escaped(full_name(s_.tenant, s_.project)), escaped(s_.month), kStyle);
}

void Page::facts() {
  out_ +=
      fmt::format("<h1>{} {}</h1>\n<dl class=\"facts\">\n", w(Word::statement), escaped(s_.month));
  fact(Word::tenant, s_.tenant);
  fact(Word::project, s_.project);
  fact(Word::charges, std::to_string(s_.charges.size()));
  if (!seal_.digest.empty()) fact(Word::closed_at, local_time_text(seal_.closed_at));
  out_ += fmt::format("</dl>\n<p class=\"note\">{} {}</p>\n", w(Word::all_times),
                      w(seal_.digest.empty() ? Word::open_statement : Word::closed_statement));
}

void Page::sums() {
  out_ += "<div class=\"sums\">\n";
  sum(Word::total, s_.total);
  sum(Word::by_vouchers, s_.by_vouchers);
  sum(Word::paid, s_.paid);
  out_ += "</div>\n";
}

void Page::by_unit() {
  open_table(Word::by_unit, {{Word::unit, false}, {Word::quantity, true}, {Word::amount, true}});
  for (const UnitSubtotal& unit : s_.units) {
    row({escaped(unit_name(unit.unit, language_)), quantity_text(unit.unit, unit.quantity),
         money_text_exact(unit.amount)},
        1);
  }
  out_ += fmt::format(
      "</tbody>\n<tfoot><tr><td>{}</td><td></td><td class=\"n\">{}</td></tr></tfoot>\n</table>\n",
      w(Word::total), money_text_exact(s_.total));
}

void Page::by_user() {
  open_table(Word::by_user, {{Word::user, false},
                             {Word::charges, true},
                             {Word::total, true},
                             {Word::by_vouchers, true},
                             {Word::paid, true}});
  for (const UserSubtotal& user : s_.users) {
    row({escaped(user.user), std::to_string(user.charges), money_text_exact(user.total),
         money_text_exact(user.by_vouchers), money_text_exact(user.paid)},
        1);
  }
  out_ += "</tbody>\n</table>\n";
}

void Page::by_voucher() {
  if (s_.vouchers.empty()) return;
  open_table(
      Word::by_voucher,
      {{Word::voucher, false}, {Word::funder, false}, {Word::charges, true}, {Word::amount, true}});
  for (const VoucherSubtotal& v : s_.vouchers) {
    row({fmt::format("{} {}", v.voucher, escaped(v.title)), escaped(v.funder),
         std::to_string(v.charges), money_text_exact(v.amount)},
        2);
  }
  out_ += "</tbody>\n</table>\n";
}

std::string Page::what(const Charge& c) const {
  std::string id = w(Word::metered_use);
  if (c.attempt.job) {
    id = fmt::format("{} {}", w(Word::job), c.attempt.job.value);
    if (c.attempt.index > 0) id += fmt::format("_{}", c.attempt.index);
    if (c.attempt.number > 1) id += fmt::format(" (#{})", c.attempt.number);
  }
  std::string out = fmt::format("{}<br>{}<br><small>{}", id, escaped(c.name), escaped(c.user));
  if (c.attempt.job) out += fmt::format(" · {}", escaped(state_name(c.state, language_)));
  return out + "</small>";
}

std::string Page::resources(const Charge& c) const {
  if (!c.attempt.job) return "";
  const Placement& p = c.placement;
  std::string out =
      fmt::format("{}<br><small>{} × {}", escaped(class_name(c.workload_class, language_)),
                  p.nodes.size(), p.cores);
  out += language_ == Language::zh ? " 核" : " cores";
  if (p.memory.value > 0) out += fmt::format(", {} MiB", p.memory.value >> 20);
  size_t devices = 0;
  for (const NodeShare& node : p.nodes) devices += node.devices.size();
  if (devices > 0) {
    out += fmt::format(", {} × {}", devices, escaped(p.device_model));
    if (p.share_milli != 1000) {
      out += fmt::format(" ({}.{} %)", p.share_milli / 10, p.share_milli % 10);
    }
  }
  return out + fmt::format("<br>{}</small>", escaped(p.pool));
}

std::string Page::when(const Charge& c) const {
  auto moment = [](Time time) {
    return fmt::format("<span class=\"t\">{}</span>", local_time_text(time));
  };
  std::string out = moment(c.ended);
  if (c.attempt.job) out = fmt::format("{}<br>{}", moment(c.started), out);
  if (c.energy.value > 0) {
    out += fmt::format("<br><small>{} {} kWh, {}</small>", w(Word::energy), kwh_text(c.energy),
                       escaped(quality_name(c.energy_quality, language_)));
  }
  return out;
}

std::string Page::calculation(const Charge& c) const {
  if (c.lines.empty()) {
    std::string out = w(Word::not_charged);
    return c.free_because.empty() ? out : out + ": " + escaped(c.free_because);
  }
  std::string out;
  for (const ChargeLine& line : c.lines) {
    out += fmt::format("{} {} × {} = {} <small class=\"p\">{} {}</small><br>",
                       quantity_text(line.unit, line.quantity, line.price, line.amount),
                       escaped(unit_name(line.unit, language_)), money_text(line.price),
                       money_text_exact(line.amount), w(Word::price_version), line.price_id);
  }
  for (const VoucherPart& part : c.vouchers) {
    out += fmt::format("<small>{} {}: −{}</small><br>", w(Word::voucher), part.voucher,
                       money_text_exact(part.amount));
  }
  return out + fmt::format("<small>{}: {}</small>", w(Word::held), money_text(c.held));
}

void Page::charges() {
  if (s_.charges.empty()) {
    out_ += fmt::format("<p>{}</p>\n", w(Word::nothing_used));
    return;
  }
  open_table(Word::every_charge, {{Word::job, false},
                                  {Word::class_and_place, false},
                                  {Word::when, false},
                                  {Word::calculation, false},
                                  {Word::total, true},
                                  {Word::paid, true}});
  for (const Charge& c : s_.charges) {
    row({what(c), resources(c), when(c), calculation(c), money_text_exact(c.total),
         money_text_exact(c.paid)},
        4);
  }
  out_ += fmt::format(
      "</tbody>\n<tfoot><tr><td colspan=\"4\">{}</td><td class=\"n\">{}</td>"
      "<td class=\"n\">{}</td></tr></tfoot>\n</table>\n<p class=\"note\">{}</p>\n",
      w(Word::total), money_text_exact(s_.total), money_text_exact(s_.paid), w(Word::how_to_check));
}

std::string Page::make() {
  head();
  facts();
  sums();
  if (!s_.charges.empty()) {
    by_unit();
    by_user();
    by_voucher();
  }
  charges();
  if (!seal_.digest.empty()) {
    out_ += fmt::format("<p class=\"digest\">{}: {}</p>\n", w(Word::digest), escaped(seal_.digest));
  }
  return std::move(out_) + "</body>\n</html>\n";
}

}  // namespace

Result<std::string> statement_html(const Statement& statement, const StatementSeal& seal,
                                   Language language) {
  if (Status good = check_statement(statement); !good) return tl::unexpected(good.error());
  return Page(statement, seal, language).make();
}

}  // namespace pentad::ledger
