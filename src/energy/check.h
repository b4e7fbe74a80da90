// Range checks of parameters: the first field that is out of range makes the error.
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pentad::energy {

class Check {
 public:
  explicit Check(std::string path) : path_(std::move(path)) {}

  // Both bounds inclusive; refuses NaN and infinities.
  Check& in(std::string_view field, double value, double low, double high);
  Check& that(std::string_view field, bool holds, std::string_view message);
  // The error of a part becomes the error of the whole.
  Check& part(const Status& status);

  const Status& status() const { return status_; }
  std::string at(std::string_view field) const { return path_ + "/" + std::string(field); }

 private:
  std::string path_;
  Status status_;
};

}  // namespace pentad::energy
