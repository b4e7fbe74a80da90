#include "energy/check.h"

#include <fmt/format.h>

namespace pentad::energy {

Check& Check::in(std::string_view field, double value, double low, double high) {
  if (!status_) return *this;
  if (std::isfinite(value) && value >= low && value <= high) return *this;
  status_ =
      fail(ErrorCode::invalid,
           fmt::format("{} is {:g}, expected {:g} to {:g}", field, value, low, high), at(field));
  return *this;
}

Check& Check::that(std::string_view field, bool holds, std::string_view message) {
  if (status_ && !holds) status_ = fail(ErrorCode::invalid, std::string(message), at(field));
  return *this;
}

Check& Check::part(const Status& status) {
  if (status_ && !status) status_ = status;
  return *this;
}

}  // namespace pentad::energy
