// Matrix products ready to be timed, one for each library and precision.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "model/device.h"

namespace pentad::calibrate {

// A product C = A B of n x n matrices whose operands are filled. `run` computes it once; `correct`
// compares some elements with sums of our own.
struct Gemm {
  std::string library;
  std::string implementation;
  std::function<void()> run;
  std::function<bool()> correct;
  std::string reason;  // not empty: cannot be run, and this is why
};

// Both set the number of threads of their library until the next call. The operands live as long
// as the Gemm.
Gemm blas_gemm(Precision precision, int n, int threads);  // fp64, fp32: OpenBLAS
Gemm dnnl_gemm(Precision precision, int n, int threads);  // fp32, bf16, fp16, int8: oneDNN

// Name of the widest instruction set that oneDNN uses on this CPU.
std::string dnnl_instructions();

// Small whole numbers, exact in every precision, that differ from place to place.
int operand_a(int row, int column);
int operand_b(int row, int column);
// What the product has at (row, column).
double expected(int row, int column, int n);
// Whether `element(row, column)` is that in all corners and some places between.
bool looks_right(int n, const std::function<double(int, int)>& element);

}  // namespace pentad::calibrate
