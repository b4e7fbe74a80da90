#include <fmt/format.h>

#include <dnnl.hpp>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/calibrate/gemm.h"

// Of the OpenMP that oneDNN runs on; its header would need the compiler's OpenMP mode.
extern "C" void omp_set_num_threads(int);

namespace pentad::calibrate {
namespace {

using dnnl::memory;
using DataType = memory::data_type;

struct Types {
  DataType a, b, c;
};

// bf16 and fp16 accumulate into fp32, bytes into 32-bit integers: what training and inference use.
std::optional<Types> types_of(Precision precision) {
  switch (precision) {
    case Precision::fp32:
      return Types{DataType::f32, DataType::f32, DataType::f32};
    case Precision::bf16:
      return Types{DataType::bf16, DataType::bf16, DataType::f32};
    case Precision::fp16:
      return Types{DataType::f16, DataType::f16, DataType::f32};
    case Precision::int8:
      return Types{DataType::u8, DataType::s8, DataType::s32};
    default:
      return std::nullopt;
  }
}

memory::desc plain(int n, DataType type) { return {{n, n}, type, memory::format_tag::ab}; }

// Everything that one product needs, kept alive by the functions of its Gemm.
struct Product {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::primitive multiply;
  std::unordered_map<int, memory> arguments;
  int n = 0;

  void run() {
    multiply.execute(stream, arguments);
    stream.wait();
  }
};

// Writes value(row, column) as floats or bytes, then has oneDNN convert it to type and layout of
// `target`. Unsigned bytes hold operand_a + 2, which `looks_right` is told.
memory operand(Product& product, const memory::desc& target, DataType type,
               int (*value)(int, int)) {
  bool bytes = type == DataType::u8 || type == DataType::s8;
  memory source(plain(product.n, bytes ? type : DataType::f32), product.engine);
  auto* floats = static_cast<float*>(source.get_data_handle());
  auto* octets = static_cast<int8_t*>(source.get_data_handle());
  int shift = type == DataType::u8 ? 2 : 0;
  for (int i = 0; i < product.n; ++i) {
    for (int j = 0; j < product.n; ++j) {
      size_t at = static_cast<size_t>(i) * static_cast<size_t>(product.n) + static_cast<size_t>(j);
      if (bytes) octets[at] = static_cast<int8_t>(value(i, j) + shift);
      if (!bytes) floats[at] = static_cast<float>(value(i, j));
    }
  }
  memory converted(target, product.engine);
  dnnl::reorder(source, converted).execute(product.stream, source, converted);
  product.stream.wait();
  return converted;
}

double element(const Product& product, DataType type, int row, int column) {
  const memory& c = product.arguments.at(DNNL_ARG_DST);
  size_t at =
      static_cast<size_t>(row) * static_cast<size_t>(product.n) + static_cast<size_t>(column);
  const void* data = c.get_data_handle();
  if (type == DataType::f32) return static_cast<double>(static_cast<const float*>(data)[at]);
  // Take back the shift of unsigned operands: 2 times the sum of b's column.
  double sum = static_cast<double>(static_cast<const int32_t*>(data)[at]);
  for (int k = 0; k < product.n; ++k) sum -= 2 * operand_b(k, column);
  return sum;
}

void prepare(Gemm& gemm, const Types& types, int n) {
  auto product = std::make_shared<Product>();
  product->n = n;
  // Weights in whatever layout is fastest, packed once: as applications do.
  memory::desc any_b({n, n}, types.b, memory::format_tag::any);
  dnnl::matmul::desc description(plain(n, types.a), any_b, plain(n, types.c));
  dnnl::matmul::primitive_desc chosen(description, product->engine);
  gemm.implementation = chosen.impl_info_str();
  product->multiply = dnnl::matmul(chosen);
  product->arguments = {
      {DNNL_ARG_SRC, operand(*product, chosen.src_desc(), types.a, operand_a)},
      {DNNL_ARG_WEIGHTS, operand(*product, chosen.weights_desc(), types.b, operand_b)},
      {DNNL_ARG_DST, memory(chosen.dst_desc(), product->engine)}};
  gemm.run = [product] { product->run(); };
  gemm.correct = [product, type = types.c] {
    return looks_right(product->n,
                       [&](int row, int column) { return element(*product, type, row, column); });
  };
}

}  // namespace

std::string dnnl_instructions() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::avx512_core_amx:
      return "AVX-512 and AMX";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "AVX-512 with VNNI and BF16";
    case dnnl::cpu_isa::avx512_core_vnni:
      return "AVX-512 with VNNI";
    case dnnl::cpu_isa::avx512_core:
      return "AVX-512";
    case dnnl::cpu_isa::avx512_mic:
    case dnnl::cpu_isa::avx512_mic_4ops:
      return "AVX-512 (Xeon Phi)";
    case dnnl::cpu_isa::avx2_vnni:
      return "AVX2 with VNNI";
    case dnnl::cpu_isa::avx2:
      return "AVX2";
    case dnnl::cpu_isa::avx:
      return "AVX";
    case dnnl::cpu_isa::sse41:
      return "SSE4.1";
    default:
      return "generic";
  }
}

Gemm dnnl_gemm(Precision precision, int n, int threads) {
  Gemm gemm;
  omp_set_num_threads(threads);
  const dnnl_version_t* version = dnnl_version();
  gemm.library = fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch);
  auto types = types_of(precision);
  if (!types) {
    gemm.reason = "oneDNN has no such product on CPUs";
    return gemm;
  }
  try {
    prepare(gemm, *types, n);
  } catch (const dnnl::error& error) {
    gemm.reason = error.status == dnnl_unimplemented ? "not supported by oneDNN on this CPU"
                                                     : fmt::format("oneDNN: {}", error.what());
  }
  return gemm;
}

}  // namespace pentad::calibrate
