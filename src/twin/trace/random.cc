#include "twin/trace/random.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace pentad::trace {

namespace {
constexpr double kLn2 = 0.693147180559945309417;
constexpr double kSqrtHalf = 0.707106781186547524401;
}  // namespace

// x = m 2^k with m around 1; ln m = 2 artanh((m-1)/(m+1)), a series that converges fast there.
double portable_log(double x) {
  auto bits = std::bit_cast<uint64_t>(x);
  auto k = static_cast<int>(bits >> 52) - 1022;
  double m = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFULL) | 0x3FE0000000000000ULL);
  if (m < kSqrtHalf) {
    m *= 2;
    --k;
  }
  double s = (m - 1) / (m + 1);
  double s2 = s * s;
  double sum = 0;
  for (int n = 21; n >= 1; n -= 2) sum = sum * s2 + 1.0 / n;
  return k * kLn2 + 2 * s * sum;
}

// x = k ln 2 + r with |r| up to ln(2)/2; the power series of e^r, then the exponent.
double portable_exp(double x) {
  double k = std::floor(x / kLn2 + 0.5);
  double r = x - k * kLn2;
  double sum = 1;
  for (int n = 14; n >= 1; --n) sum = 1 + sum * r / n;
  auto exponent = static_cast<uint64_t>(static_cast<int64_t>(k) + 1023);
  return sum * std::bit_cast<double>(exponent << 52);
}

double Random::exponential() { return -portable_log(positive()); }

// Marsaglia's polar method, of which one of the two numbers is used.
double Random::normal() {
  while (true) {
    double a = 2 * uniform() - 1;
    double b = 2 * uniform() - 1;
    double s = a * a + b * b;
    if (s > 0 && s < 1) return a * std::sqrt(-2 * portable_log(s) / s);
  }
}

double Random::lognormal(double median, double sigma) {
  return median * portable_exp(sigma * normal());
}

double Random::weibull(double scale, double shape) {
  double e = exponential();
  return e > 0 ? scale * portable_exp(portable_log(e) / shape) : 0;
}

size_t Random::pick(const std::vector<double>& upto) {
  double at = uniform() * upto.back();
  auto found = std::upper_bound(upto.begin(), upto.end(), at);
  return std::min(static_cast<size_t>(found - upto.begin()), upto.size() - 1);
}

}  // namespace pentad::trace
