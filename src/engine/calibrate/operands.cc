#include <algorithm>
#include <cmath>

#include "engine/calibrate/gemm.h"

namespace pentad::calibrate {

// Between -2 and 2 and -3 and 3: sums over thousands of products stay exact in 24 bits.
int operand_a(int row, int column) { return (row * 7 + column * 3) % 5 - 2; }
int operand_b(int row, int column) { return (row * 5 + column * 11) % 7 - 3; }

double expected(int row, int column, int n) {
  double sum = 0;
  for (int k = 0; k < n; ++k) sum += operand_a(row, k) * operand_b(k, column);
  return sum;
}

bool looks_right(int n, const std::function<double(int, int)>& element) {
  for (int i = 0; i < 16; ++i) {
    int row = static_cast<int>((static_cast<int64_t>(n - 1) * (i % 4)) / 3);
    int column = static_cast<int>((static_cast<int64_t>(n - 1) * (i / 4)) / 3);
    if (std::abs(element(row, column) - expected(row, column, n)) > 0.5) return false;
  }
  return true;
}

}  // namespace pentad::calibrate
