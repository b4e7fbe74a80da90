// The audit log as the API shows it. Field names are the JSON; the notes become the OpenAPI
// document.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/reflect_note.h"

namespace pentad::api {

struct AuditRecordView {
  int64_t seq = 0;
  int64_t at_ms = 0;
  std::string actor;
  std::string from;
  std::string what;
  std::string words;
  std::string chain;
};
BOOST_DESCRIBE_STRUCT(AuditRecordView, (), (seq, at_ms, actor, from, what, words, chain))
constexpr auto field_notes(const AuditRecordView*) {
  return std::array{note("seq").doc("Number of the event"),
                    note("from").doc("Address, or unix for somebody on the machine itself"),
                    note("what").doc("Type of the event, such as submit or top_up"),
                    note("words").doc("What was done, for people"),
                    note("chain").doc("Value of the audit chain after it")};
}

struct AuditPage {
  std::vector<AuditRecordView> records;
  std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(AuditPage, (), (records, next))

struct AuditHead {
  int64_t first = 0;
  std::string start;
  int64_t seq = 0;
  int64_t at_ms = 0;
  std::string chain;
};
BOOST_DESCRIBE_STRUCT(AuditHead, (), (first, start, seq, at_ms, chain))
constexpr auto field_notes(const AuditHead*) {
  return std::array{note("first").doc("Number of the oldest event; 0: none"),
                    note("start").doc("Value of the chain before it"),
                    note("seq").doc("Number of the newest event"),
                    note("chain").doc("Its value: who keeps it finds out whether anything up to "
                                      "here is changed later")};
}

}  // namespace pentad::api
