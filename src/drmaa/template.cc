#include "drmaa/template.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "drmaa/drmaa.h"

namespace pentad::drmaa {

namespace {

int yes_or_no(std::string_view value) {
  return value == "y" || value == "n" ? DRMAA_ERRNO_SUCCESS : DRMAA_ERRNO_INVALID_ATTRIBUTE_VALUE;
}

int one_or_zero(std::string_view value) {
  return value == "1" || value == "0" ? DRMAA_ERRNO_SUCCESS : DRMAA_ERRNO_INVALID_ATTRIBUTE_VALUE;
}

int submission_state(std::string_view value) {
  bool known = value == DRMAA_SUBMISSION_STATE_ACTIVE || value == DRMAA_SUBMISSION_STATE_HOLD;
  return known ? DRMAA_ERRNO_SUCCESS : DRMAA_ERRNO_INVALID_ATTRIBUTE_VALUE;
}

// [host]:path; a path alone is common enough to be taken.
int file(std::string_view value) {
  bool named = value.find(':') != value.npos || value.starts_with('/');
  return named ? DRMAA_ERRNO_SUCCESS : DRMAA_ERRNO_INVALID_ATTRIBUTE_FORMAT;
}

int directory(std::string_view value) {
  bool absolute = value.starts_with('/') || value.starts_with(DRMAA_PLACEHOLDER_HD);
  return absolute ? DRMAA_ERRNO_SUCCESS : DRMAA_ERRNO_INVALID_ATTRIBUTE_FORMAT;
}

// [[h:]m:]s; what a moment is the agent says, which knows the clock.
int duration(std::string_view value) {
  bool sound = !value.empty() && value.find_first_not_of("0123456789:") == value.npos &&
               std::ranges::count(value, ':') <= 2 && value.front() != ':' && value.back() != ':' &&
               value.size() <= 16 && value.find("::") == value.npos;
  return sound ? DRMAA_ERRNO_SUCCESS : DRMAA_ERRNO_INVALID_ATTRIBUTE_FORMAT;
}

int moment(std::string_view value) {
  bool sound =
      value.find(':') != value.npos && value.find_first_not_of("0123456789:/+- ") == value.npos;
  return sound ? DRMAA_ERRNO_SUCCESS : DRMAA_ERRNO_INVALID_ATTRIBUTE_FORMAT;
}

constexpr std::array kAttributes = {
    Attribute{DRMAA_REMOTE_COMMAND},
    Attribute{DRMAA_JS_STATE, submission_state},
    Attribute{DRMAA_WD, directory},
    Attribute{DRMAA_JOB_CATEGORY},
    Attribute{DRMAA_NATIVE_SPECIFICATION},
    Attribute{DRMAA_BLOCK_EMAIL, one_or_zero},
    Attribute{DRMAA_START_TIME, moment},
    Attribute{DRMAA_JOB_NAME},
    Attribute{DRMAA_INPUT_PATH, file},
    Attribute{DRMAA_OUTPUT_PATH, file},
    Attribute{DRMAA_ERROR_PATH, file},
    Attribute{DRMAA_JOIN_FILES, yes_or_no},
    Attribute{DRMAA_DEADLINE_TIME, moment},
    Attribute{DRMAA_WCT_HLIMIT, duration},
    Attribute{DRMAA_WCT_SLIMIT, duration},
    Attribute{DRMAA_DURATION_HLIMIT, duration},
    Attribute{DRMAA_DURATION_SLIMIT, duration},
};
constexpr std::array kVectors = {
    Attribute{DRMAA_V_ARGV},
    Attribute{DRMAA_V_ENV},
    Attribute{DRMAA_V_EMAIL},
};

Outcome unknown(std::string_view name) {
  return {DRMAA_ERRNO_INVALID_ARGUMENT, "there is no attribute " + std::string(name), {}};
}

}  // namespace

std::span<const Attribute> attributes() { return kAttributes; }
std::span<const Attribute> vector_attributes() { return kVectors; }

Outcome set(drmaa_job_template_s& jt, std::string_view name, std::string_view value) {
  auto known = std::ranges::find(kAttributes, name, &Attribute::name);
  if (known == kAttributes.end()) return unknown(name);
  int problem = known->check ? known->check(value) : DRMAA_ERRNO_SUCCESS;
  if (problem != DRMAA_ERRNO_SUCCESS) {
    return {problem, std::string(name) + ": `" + std::string(value) + "` is not its form", {}};
  }
  jt.values.insert_or_assign(std::string(name), std::string(value));
  return {};
}

Outcome set(drmaa_job_template_s& jt, std::string_view name, Message values) {
  auto known = std::ranges::find(kVectors, name, &Attribute::name);
  if (known == kVectors.end()) return unknown(name);
  bool is_environment = name == DRMAA_V_ENV;
  for (const std::string& value : values) {
    if (!is_environment || (value.find('=') != value.npos && value.front() != '=')) continue;
    return {DRMAA_ERRNO_INVALID_ATTRIBUTE_FORMAT, value + ": write NAME=VALUE", {}};
  }
  jt.vectors.insert_or_assign(std::string(name), std::move(values));
  return {};
}

Message run_question(const drmaa_job_template_s& jt, const std::string& bulk) {
  Message question = {"run", bulk};
  char folder[4096];
  if (getcwd(folder, sizeof folder)) question.push_back(std::string("cwd=") + folder);
  for (char** entry = environ; *entry; ++entry) {
    question.push_back(std::string("caller=") + *entry);
  }
  for (const auto& [name, value] : jt.values) question.push_back(name + "=" + value);
  for (const auto& [name, values] : jt.vectors) {
    for (const std::string& value : values) question.push_back(name + "=" + value);
  }
  return question;
}

}  // namespace pentad::drmaa
