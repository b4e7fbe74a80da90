// The query tables of money, written with the events that moved it: entries and their postings,
// charges, notices, closed statements. Private to src/store; read through MoneyQueries.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/units.h"
#include "centre/effects.h"
#include "centre/event.h"
#include "store/database.h"

namespace pentad::store {

// "2026-11", the calendar month in UTC+8.
std::string month_of(Time time);

class MoneyTable {
 public:
  // Throws soci_error.
  explicit MoneyTable(Database& database);
  ~MoneyTable();

  // What event `seq` made.
  void record(int64_t seq, const Effects& effects);
  // An accepted CloseStatement, with the statement's text as it was shown.
  void record(const event::CloseStatement& closed, Time at, std::string body);

  // Inside a transaction; throws soci_error.
  void write();
  void clear();

 private:
  struct Statements;
  struct Numbered {
    int64_t seq = 0;
    int64_t place = 0;
    Notice notice;
  };
  struct Closed {
    event::CloseStatement statement;
    Time at;
    std::string body;
  };
  void write(const LedgerEntry& entry);
  void write(const Charge& charge);

  std::unique_ptr<Statements> statements_;
  std::vector<LedgerEntry> entries_;
  std::vector<Charge> charges_;
  std::vector<Numbered> notices_;
  std::vector<Closed> closed_;
};

}  // namespace pentad::store
