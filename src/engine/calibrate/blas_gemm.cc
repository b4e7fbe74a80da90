#include <cblas.h>
#include <fmt/format.h>

#include <vector>

#include "engine/calibrate/gemm.h"

namespace pentad::calibrate {
namespace {

void multiply(const double* a, const double* b, double* c, int n) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, a, n, b, n, 0.0, c, n);
}

void multiply(const float* a, const float* b, float* c, int n) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0f, a, n, b, n, 0.0f, c, n);
}

template <class T>
struct Operands {
  explicit Operands(int size) : n(size) {
    auto count = static_cast<size_t>(n) * static_cast<size_t>(n);
    a.resize(count);
    b.resize(count);
    c.resize(count);
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) {
        a[at(i, j)] = static_cast<T>(operand_a(i, j));
        b[at(i, j)] = static_cast<T>(operand_b(i, j));
      }
    }
  }
  size_t at(int row, int column) const {
    return static_cast<size_t>(row) * static_cast<size_t>(n) + static_cast<size_t>(column);
  }
  int n;
  std::vector<T> a, b, c;
};

template <class T>
void prepare(Gemm& gemm, int n) {
  auto operands = std::make_shared<Operands<T>>(n);
  gemm.run = [operands] {
    multiply(operands->a.data(), operands->b.data(), operands->c.data(), operands->n);
  };
  gemm.correct = [operands] {
    return looks_right(operands->n, [&](int row, int column) {
      return static_cast<double>(operands->c[operands->at(row, column)]);
    });
  };
}

// "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..." -> "OpenBLAS 0.3.21"
std::string library_name() {
  std::string config = openblas_get_config();
  size_t second = config.find(' ', config.find(' ') + 1);
  return config.substr(0, second);
}

}  // namespace

Gemm blas_gemm(Precision precision, int n, int threads) {
  Gemm gemm;
  openblas_set_num_threads(threads);
  gemm.library = library_name();
  gemm.implementation = openblas_get_corename();
  if (precision == Precision::fp64) {
    prepare<double>(gemm, n);
  } else if (precision == Precision::fp32) {
    prepare<float>(gemm, n);
  } else {
    gemm.reason = "OpenBLAS has fp64 and fp32 only";
  }
  return gemm;
}

}  // namespace pentad::calibrate
