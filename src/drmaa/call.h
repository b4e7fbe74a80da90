// What every function of the C binding does: no exception leaves it, the sentence of an error is
// copied out, lists are handed out and taken back.
#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <string>

#include "drmaa/drmaa.h"
#include "drmaa/session.h"

namespace pentad::drmaa {

struct List {
  Message values;
  size_t at = 0;
};

}  // namespace pentad::drmaa

// The names of the standard's opaque types.
struct drmaa_attr_names_s : pentad::drmaa::List {};
struct drmaa_attr_values_s : pentad::drmaa::List {};
struct drmaa_job_ids_s : pentad::drmaa::List {};

namespace pentad::drmaa {

// Cut to `size` bytes, its end included.
inline void copy(const std::string& text, char* to, size_t size) {
  if (!to || size == 0) return;
  size_t length = std::min(text.size(), size - 1);
  std::memcpy(to, text.data(), length);
  to[length] = '\0';
}

template <class Body>
int call(char* error, size_t error_size, const Body& body) {
  Outcome outcome;
  try {
    outcome = body();
  } catch (const std::bad_alloc&) {
    outcome.code = DRMAA_ERRNO_NO_MEMORY;
  } catch (const std::exception& problem) {
    outcome = {DRMAA_ERRNO_INTERNAL_ERROR, problem.what(), {}};
  }
  if (outcome.code != DRMAA_ERRNO_SUCCESS) {
    copy(outcome.text.empty() ? drmaa_strerror(outcome.code) : outcome.text, error, error_size);
  }
  return outcome.code;
}

template <class Body>
int in_session(char* error, size_t error_size, const Body& body) {
  return call(error, error_size, [&] {
    Outcome open = Session::the().is_open();
    return open.code == DRMAA_ERRNO_SUCCESS ? body() : open;
  });
}

inline Outcome bad_argument() {
  return {
      DRMAA_ERRNO_INVALID_ARGUMENT, "a pointer is null, or what it points to makes no sense", {}};
}

inline Outcome copied(const std::string& text, char* to, size_t size) {
  if (!to) return bad_argument();
  copy(text, to, size);
  return {};
}

inline int answer(int* to, int value, char* error, size_t error_size) {
  return call(error, error_size, [&] {
    if (!to) return bad_argument();
    *to = value;
    return Outcome{};
  });
}

// Up to the null pointer.
inline Message texts(const char* const* values) {
  Message out;
  for (; *values; ++values) out.emplace_back(*values);
  return out;
}

template <class Opaque>
void hand_out(Opaque** to, Message values) {
  auto list = std::make_unique<Opaque>();
  list->values = std::move(values);
  *to = list.release();
}

template <class Opaque>
int next(Opaque* list, char* to, size_t size) {
  if (!list || !to) return DRMAA_ERRNO_INVALID_ARGUMENT;
  if (list->at == list->values.size()) return DRMAA_ERRNO_NO_MORE_ELEMENTS;
  copy(list->values[list->at++], to, size);
  return DRMAA_ERRNO_SUCCESS;
}

template <class Opaque>
int length(Opaque* list, size_t* count) {
  if (!list || !count) return DRMAA_ERRNO_INVALID_ARGUMENT;
  *count = list->values.size();
  return DRMAA_ERRNO_SUCCESS;
}

template <class Opaque>
void release(Opaque* list) {
  std::unique_ptr<Opaque> owned(list);
}

}  // namespace pentad::drmaa
