// The functions of the standard: they check their pointers, and turn everything into a code.
#include "drmaa/drmaa.h"

#include <signal.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "drmaa/call.h"
#include "drmaa/template.h"

using namespace pentad::drmaa;

extern "C" {

int drmaa_init(const char* contact, char* error, size_t error_size) {
  return call(error, error_size, [&] { return Session::the().open(contact ? contact : ""); });
}

int drmaa_exit(char* error, size_t error_size) {
  return call(error, error_size, [&] { return Session::the().close(); });
}

int drmaa_allocate_job_template(drmaa_job_template_t** jt, char* error, size_t error_size) {
  return in_session(error, error_size, [&] {
    if (!jt) return bad_argument();
    *jt = std::make_unique<drmaa_job_template_s>().release();
    return Outcome{};
  });
}

int drmaa_delete_job_template(drmaa_job_template_t* jt, char* error, size_t error_size) {
  return call(error, error_size, [&] {
    if (!jt) return bad_argument();
    std::unique_ptr<drmaa_job_template_s> owned(jt);
    return Outcome{};
  });
}

int drmaa_set_attribute(drmaa_job_template_t* jt, const char* name, const char* value, char* error,
                        size_t error_size) {
  return in_session(error, error_size, [&] {
    return jt && name && value ? set(*jt, name, std::string_view(value)) : bad_argument();
  });
}

int drmaa_get_attribute(drmaa_job_template_t* jt, const char* name, char* value, size_t value_size,
                        char* error, size_t error_size) {
  return in_session(error, error_size, [&] {
    if (!jt || !name || !value) return bad_argument();
    if (std::ranges::find(attributes(), name, &Attribute::name) == attributes().end()) {
      return Outcome{DRMAA_ERRNO_INVALID_ARGUMENT, std::string("no attribute ") + name, {}};
    }
    auto at = jt->values.find(name);
    copy(at == jt->values.end() ? "" : at->second, value, value_size);
    return Outcome{};
  });
}

int drmaa_set_vector_attribute(drmaa_job_template_t* jt, const char* name, const char* value[],
                               char* error, size_t error_size) {
  return in_session(error, error_size, [&] {
    if (!jt || !name || !value) return bad_argument();
    return set(*jt, name, texts(value));
  });
}

int drmaa_get_vector_attribute(drmaa_job_template_t* jt, const char* name,
                               drmaa_attr_values_t** values, char* error, size_t error_size) {
  return in_session(error, error_size, [&] {
    if (!jt || !name || !values) return bad_argument();
    if (std::ranges::find(vector_attributes(), name, &Attribute::name) ==
        vector_attributes().end()) {
      return Outcome{DRMAA_ERRNO_INVALID_ARGUMENT, std::string("no attribute ") + name, {}};
    }
    auto at = jt->vectors.find(name);
    hand_out(values, at == jt->vectors.end() ? Message{} : at->second);
    return Outcome{};
  });
}

int drmaa_get_attribute_names(drmaa_attr_names_t** names, char* error, size_t error_size) {
  return in_session(error, error_size, [&] {
    if (!names) return bad_argument();
    Message list;
    for (const Attribute& a : attributes()) list.emplace_back(a.name);
    hand_out(names, std::move(list));
    return Outcome{};
  });
}

int drmaa_get_vector_attribute_names(drmaa_attr_names_t** names, char* error, size_t error_size) {
  return in_session(error, error_size, [&] {
    if (!names) return bad_argument();
    Message list;
    for (const Attribute& a : vector_attributes()) list.emplace_back(a.name);
    hand_out(names, std::move(list));
    return Outcome{};
  });
}

int drmaa_get_next_attr_name(drmaa_attr_names_t* l, char* to, size_t n) { return next(l, to, n); }
int drmaa_get_next_attr_value(drmaa_attr_values_t* l, char* to, size_t n) { return next(l, to, n); }
int drmaa_get_next_job_id(drmaa_job_ids_t* l, char* to, size_t n) { return next(l, to, n); }
int drmaa_get_num_attr_names(drmaa_attr_names_t* l, size_t* count) { return length(l, count); }
int drmaa_get_num_attr_values(drmaa_attr_values_t* l, size_t* count) { return length(l, count); }
int drmaa_get_num_job_ids(drmaa_job_ids_t* l, size_t* count) { return length(l, count); }
void drmaa_release_attr_names(drmaa_attr_names_t* l) { release(l); }
void drmaa_release_attr_values(drmaa_attr_values_t* l) { release(l); }
void drmaa_release_job_ids(drmaa_job_ids_t* l) { release(l); }

// The lower half of `stat` says the code, the upper how it came to it.
int drmaa_wifexited(int* exited, int stat, char* error, size_t error_size) {
  return answer(exited, (stat & stat_bits::kExited) != 0, error, error_size);
}

int drmaa_wexitstatus(int* code, int stat, char* error, size_t error_size) {
  return answer(code, stat & stat_bits::kCode, error, error_size);
}

int drmaa_wifsignaled(int* signaled, int stat, char* error, size_t error_size) {
  return answer(signaled, (stat & stat_bits::kSignaled) != 0, error, error_size);
}

int drmaa_wcoredump(int* dumped, int stat, char* error, size_t error_size) {
  return answer(dumped, (stat & stat_bits::kDumped) != 0, error, error_size);
}

int drmaa_wifaborted(int* aborted, int stat, char* error, size_t error_size) {
  return answer(aborted, (stat & stat_bits::kAborted) != 0, error, error_size);
}

int drmaa_wtermsig(char* name, size_t name_size, int stat, char* error, size_t error_size) {
  return call(error, error_size, [&] {
    if (!name || !(stat & stat_bits::kSignaled)) return bad_argument();
    int number = stat >> stat_bits::kSignalShift & 0x7f;
    const char* known = sigabbrev_np(number);
    copy(known ? std::string("SIG") + known : std::to_string(number), name, name_size);
    return Outcome{};
  });
}

const char* drmaa_strerror(int code) {
  constexpr std::array kTexts = {
      "success",
      "internal error",
      "the centre cannot be reached",
      "not allowed",
      "invalid argument",
      "no active session",
      "out of memory",
      "invalid contact string",
      "the default contact string cannot be used",
      "no default contact string",
      "the session could not be opened",
      "there is an active session already",
      "the session could not be closed",
      "the form of an attribute is invalid",
      "the value of an attribute is invalid",
      "attributes contradict each other",
      "try again later",
      "the centre refused",
      "there is no such job",
      "the job cannot be resumed in its state",
      "the job cannot be suspended in its state",
      "the job cannot be held in its state",
      "the job cannot be released in its state",
      "it did not end in time",
      "nothing is known of what was used",
      "no more elements",
  };
  bool known = code >= 0 && static_cast<size_t>(code) < kTexts.size();
  return known ? kTexts[static_cast<size_t>(code)] : "unknown code";
}

int drmaa_get_contact(char* contact, size_t contact_size, char* error, size_t error_size) {
  return call(error, error_size,
              [&] { return copied(Session::the().contact(), contact, contact_size); });
}

int drmaa_version(unsigned int* major, unsigned int* minor, char* error, size_t error_size) {
  return call(error, error_size, [&] {
    if (!major || !minor) return bad_argument();
    *major = 1;
    *minor = 0;
    return Outcome{};
  });
}

int drmaa_get_DRM_system(char* system, size_t system_size, char* error, size_t error_size) {
  return call(error, error_size,
              [&] { return copied(Session::the().name(), system, system_size); });
}

int drmaa_get_DRMAA_implementation(char* implementation, size_t implementation_size, char* error,
                                   size_t error_size) {
  return call(error, error_size, [&] {
    return copied("DRMAA 1.0 of " + Session::the().name(), implementation, implementation_size);
  });
}

}  // extern "C"
