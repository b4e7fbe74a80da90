// Job templates: which attributes there are, and what may stand in them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "drmaa/session.h"

// The names of the standard's opaque types.
struct drmaa_job_template_s {
  std::map<std::string, std::string, std::less<>> values;
  std::map<std::string, pentad::drmaa::Message, std::less<>> vectors;
};

namespace pentad::drmaa {

struct Attribute {
  std::string_view name;
  // What is wrong with a value, one of DRMAA_ERRNO_; null: anything goes.
  int (*check)(std::string_view value) = nullptr;
};

std::span<const Attribute> attributes();
std::span<const Attribute> vector_attributes();

Outcome set(drmaa_job_template_s& jt, std::string_view name, std::string_view value);
Outcome set(drmaa_job_template_s& jt, std::string_view name, Message values);

// The question that runs it; `bulk` as in wire.h.
Message run_question(const drmaa_job_template_s& jt, const std::string& bulk);

}  // namespace pentad::drmaa
