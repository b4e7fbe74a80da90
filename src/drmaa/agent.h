// The half of DRMAA that talks to the centre: one question after the other, see wire.h.
#pragma once

#include <memory>
#include <string>

#include "cli/front/front.h"
#include "drmaa/wire.h"

namespace pentad::drmaa {

// Ends a question with one of DRMAA_ERRNO_ and a sentence.
struct Refused {
  int code;
  std::string text;
};

// 12, or 12.3 for an element of an array. Throws Refused.
struct JobId {
  int64_t job = 0;
  std::optional<int64_t> element;
};
JobId parse_id(const std::string& text);

// What `run` was asked, as the centre takes it. Throws Refused, CommandError.
struct Order {
  api::JobSubmission submission;
  std::vector<int64_t> elements;  // of a bulk; empty for one job
};
Order order_of(cli::Session& session, const cli::Globals& globals, const Message& question);

class Agent {
 public:
  Message answer(const Message& question);

 private:
  Message carry_out(const Message& question);  // throws Refused, CommandError
  Message hello(const std::string& contact);
  Message run(const Message& question);
  Message control(const std::string& id, int action);
  Message state(const std::string& id);
  Message ended(const Message& question);
  Message result(const std::string& id);

  cli::Globals globals_;
  std::unique_ptr<cli::Session> session_;
};

}  // namespace pentad::drmaa
