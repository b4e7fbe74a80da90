/* DRMAA 1.0, C binding: jobs of this centre for programs written against that standard.
 *
 * Every call may come from any thread. Calls that can fail return one of the DRMAA_ERRNO_ codes and
 * put a sentence into `error`, a buffer of `error_size` bytes that may be null. What a call hands
 * out through a ** belongs to the caller until it is released or deleted. */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  DRMAA_ATTR_BUFFER = 1024,
  DRMAA_CONTACT_BUFFER = 1024,
  DRMAA_DRM_SYSTEM_BUFFER = 1024,
  DRMAA_DRMAA_IMPLEMENTATION_BUFFER = 1024,
  DRMAA_ERROR_STRING_BUFFER = 1024,
  DRMAA_JOBNAME_BUFFER = 1024,
  DRMAA_SIGNAL_BUFFER = 32
};

#define DRMAA_TIMEOUT_WAIT_FOREVER -1
#define DRMAA_TIMEOUT_NO_WAIT 0

#define DRMAA_JOB_IDS_SESSION_ANY "DRMAA_JOB_IDS_SESSION_ANY"
#define DRMAA_JOB_IDS_SESSION_ALL "DRMAA_JOB_IDS_SESSION_ALL"

#define DRMAA_SUBMISSION_STATE_ACTIVE "drmaa_active"
#define DRMAA_SUBMISSION_STATE_HOLD "drmaa_hold"

#define DRMAA_PLACEHOLDER_INCR "$drmaa_incr_ph$"
#define DRMAA_PLACEHOLDER_HD "$drmaa_hd_ph$"
#define DRMAA_PLACEHOLDER_WD "$drmaa_wd_ph$"

#define DRMAA_REMOTE_COMMAND "drmaa_remote_command"
#define DRMAA_JS_STATE "drmaa_js_state"
#define DRMAA_WD "drmaa_wd"
#define DRMAA_JOB_CATEGORY "drmaa_job_category"
#define DRMAA_NATIVE_SPECIFICATION "drmaa_native_specification"
#define DRMAA_BLOCK_EMAIL "drmaa_block_email"
#define DRMAA_START_TIME "drmaa_start_time"
#define DRMAA_JOB_NAME "drmaa_job_name"
#define DRMAA_INPUT_PATH "drmaa_input_path"
#define DRMAA_OUTPUT_PATH "drmaa_output_path"
#define DRMAA_ERROR_PATH "drmaa_error_path"
#define DRMAA_JOIN_FILES "drmaa_join_files"
#define DRMAA_TRANSFER_FILES "drmaa_transfer_files"
#define DRMAA_DEADLINE_TIME "drmaa_deadline_time"
#define DRMAA_WCT_HLIMIT "drmaa_wct_hlimit"
#define DRMAA_WCT_SLIMIT "drmaa_wct_slimit"
#define DRMAA_DURATION_HLIMIT "drmaa_duration_hlimit"
#define DRMAA_DURATION_SLIMIT "drmaa_duration_slimit"
#define DRMAA_V_ARGV "drmaa_v_argv"
#define DRMAA_V_ENV "drmaa_v_env"
#define DRMAA_V_EMAIL "drmaa_v_email"

enum {
  DRMAA_ERRNO_SUCCESS = 0,
  DRMAA_ERRNO_INTERNAL_ERROR,
  DRMAA_ERRNO_DRM_COMMUNICATION_FAILURE,
  DRMAA_ERRNO_AUTH_FAILURE,
  DRMAA_ERRNO_INVALID_ARGUMENT,
  DRMAA_ERRNO_NO_ACTIVE_SESSION,
  DRMAA_ERRNO_NO_MEMORY,
  DRMAA_ERRNO_INVALID_CONTACT_STRING,
  DRMAA_ERRNO_DEFAULT_CONTACT_STRING_ERROR,
  DRMAA_ERRNO_NO_DEFAULT_CONTACT_STRING_SELECTED,
  DRMAA_ERRNO_DRMS_INIT_FAILED,
  DRMAA_ERRNO_ALREADY_ACTIVE_SESSION,
  DRMAA_ERRNO_DRMS_EXIT_ERROR,
  DRMAA_ERRNO_INVALID_ATTRIBUTE_FORMAT,
  DRMAA_ERRNO_INVALID_ATTRIBUTE_VALUE,
  DRMAA_ERRNO_CONFLICTING_ATTRIBUTE_VALUES,
  DRMAA_ERRNO_TRY_LATER,
  DRMAA_ERRNO_DENIED_BY_DRM,
  DRMAA_ERRNO_INVALID_JOB,
  DRMAA_ERRNO_RESUME_INCONSISTENT_STATE,
  DRMAA_ERRNO_SUSPEND_INCONSISTENT_STATE,
  DRMAA_ERRNO_HOLD_INCONSISTENT_STATE,
  DRMAA_ERRNO_RELEASE_INCONSISTENT_STATE,
  DRMAA_ERRNO_EXIT_TIMEOUT,
  DRMAA_ERRNO_NO_RUSAGE,
  DRMAA_ERRNO_NO_MORE_ELEMENTS,
  DRMAA_NO_ERRNO
};

enum {
  DRMAA_PS_UNDETERMINED = 0x00,
  DRMAA_PS_QUEUED_ACTIVE = 0x10,
  DRMAA_PS_SYSTEM_ON_HOLD = 0x11,
  DRMAA_PS_USER_ON_HOLD = 0x12,
  DRMAA_PS_USER_SYSTEM_ON_HOLD = 0x13,
  DRMAA_PS_RUNNING = 0x20,
  DRMAA_PS_SYSTEM_SUSPENDED = 0x21,
  DRMAA_PS_USER_SUSPENDED = 0x22,
  DRMAA_PS_USER_SYSTEM_SUSPENDED = 0x23,
  DRMAA_PS_DONE = 0x30,
  DRMAA_PS_FAILED = 0x40
};

enum {
  DRMAA_CONTROL_SUSPEND = 0,
  DRMAA_CONTROL_RESUME,
  DRMAA_CONTROL_HOLD,
  DRMAA_CONTROL_RELEASE,
  DRMAA_CONTROL_TERMINATE
};

typedef struct drmaa_job_template_s drmaa_job_template_t;
typedef struct drmaa_attr_names_s drmaa_attr_names_t;
typedef struct drmaa_attr_values_s drmaa_attr_values_t;
typedef struct drmaa_job_ids_s drmaa_job_ids_t;

int drmaa_init(const char* contact, char* error, size_t error_size);
int drmaa_exit(char* error, size_t error_size);

int drmaa_allocate_job_template(drmaa_job_template_t** jt, char* error, size_t error_size);
int drmaa_delete_job_template(drmaa_job_template_t* jt, char* error, size_t error_size);
int drmaa_set_attribute(drmaa_job_template_t* jt, const char* name, const char* value, char* error,
                        size_t error_size);
int drmaa_get_attribute(drmaa_job_template_t* jt, const char* name, char* value, size_t value_size,
                        char* error, size_t error_size);
int drmaa_set_vector_attribute(drmaa_job_template_t* jt, const char* name, const char* value[],
                               char* error, size_t error_size);
int drmaa_get_vector_attribute(drmaa_job_template_t* jt, const char* name,
                               drmaa_attr_values_t** values, char* error, size_t error_size);
int drmaa_get_attribute_names(drmaa_attr_names_t** names, char* error, size_t error_size);
int drmaa_get_vector_attribute_names(drmaa_attr_names_t** names, char* error, size_t error_size);

int drmaa_get_next_attr_name(drmaa_attr_names_t* names, char* value, size_t value_size);
int drmaa_get_next_attr_value(drmaa_attr_values_t* values, char* value, size_t value_size);
int drmaa_get_next_job_id(drmaa_job_ids_t* ids, char* value, size_t value_size);
int drmaa_get_num_attr_names(drmaa_attr_names_t* names, size_t* count);
int drmaa_get_num_attr_values(drmaa_attr_values_t* values, size_t* count);
int drmaa_get_num_job_ids(drmaa_job_ids_t* ids, size_t* count);
void drmaa_release_attr_names(drmaa_attr_names_t* names);
void drmaa_release_attr_values(drmaa_attr_values_t* values);
void drmaa_release_job_ids(drmaa_job_ids_t* ids);

int drmaa_run_job(char* job_id, size_t job_id_size, const drmaa_job_template_t* jt, char* error,
                  size_t error_size);
int drmaa_run_bulk_jobs(drmaa_job_ids_t** ids, const drmaa_job_template_t* jt, int start, int end,
                        int step, char* error, size_t error_size);
int drmaa_control(const char* job_id, int action, char* error, size_t error_size);
int drmaa_job_ps(const char* job_id, int* state, char* error, size_t error_size);
/* `timeout` in seconds, or one of the two DRMAA_TIMEOUT_ values. */
int drmaa_synchronize(const char* job_ids[], signed long timeout, int dispose, char* error,
                      size_t error_size);
int drmaa_wait(const char* job_id, char* job_id_out, size_t job_id_out_size, int* stat,
               signed long timeout, drmaa_attr_values_t** rusage, char* error, size_t error_size);

int drmaa_wifexited(int* exited, int stat, char* error, size_t error_size);
int drmaa_wexitstatus(int* code, int stat, char* error, size_t error_size);
int drmaa_wifsignaled(int* signaled, int stat, char* error, size_t error_size);
int drmaa_wtermsig(char* signal, size_t signal_size, int stat, char* error, size_t error_size);
int drmaa_wcoredump(int* dumped, int stat, char* error, size_t error_size);
int drmaa_wifaborted(int* aborted, int stat, char* error, size_t error_size);

const char* drmaa_strerror(int code);
int drmaa_get_contact(char* contact, size_t contact_size, char* error, size_t error_size);
int drmaa_version(unsigned int* major, unsigned int* minor, char* error, size_t error_size);
int drmaa_get_DRM_system(char* system, size_t system_size, char* error, size_t error_size);
int drmaa_get_DRMAA_implementation(char* implementation, size_t implementation_size, char* error,
                                   size_t error_size);

#ifdef __cplusplus
}
#endif
