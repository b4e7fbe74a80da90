// What one request may hold. Stated in the OpenAPI document and in problem documents.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pentad::api {

inline constexpr size_t kMaxBodyBytes = 32 << 20;   // of any request; above it 413
inline constexpr size_t kMaxScriptBytes = 4 << 20;  // of one job; above it 413
inline constexpr size_t kMaxBatchJobs = 10'000;  // jobs in one submission, or named in one action
inline constexpr size_t kMaxNameBytes = 255;
inline constexpr size_t kMaxCommentBytes = 4096;
inline constexpr size_t kMaxPathBytes = 4095;
inline constexpr size_t kMaxArguments = 4096;
inline constexpr size_t kMaxVariables = 4096;
inline constexpr size_t kMaxStringBytes =
    131'071;  // one argument or NAME=value: Linux takes no more
inline constexpr size_t kMaxStartBytes = 1 << 20;    // arguments and environment together
inline constexpr int64_t kMaxIndex = 1'000'000'000;  // of an array
inline constexpr int64_t kMaxId = 1LL << 53;         // ids stay exact in every JSON reader
inline constexpr int64_t kMaxBytes = 1LL << 53;
inline constexpr int64_t kMaxDurationS = 3'155'760'000;     // a hundred years
inline constexpr int64_t kMaxTimeMs = 253'402'300'799'999;  // the year 9999
inline constexpr size_t kMaxPage = 1000;                    // entries of one page of a list

}  // namespace pentad::api
