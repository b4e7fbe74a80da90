// pentad-pmix RANKS NAMESPACE FOLDER: a PMIx server for the ranks of one step on this host, which
// srun starts for programs of Open MPI and others that speak PMIx (version 4 of its standard, the
// server library's host interface).
//
// Writes the variables of each rank, NAME=value and NUL, then NUL alone; then a byte whenever a
// rank asks to end all: its exit code. Ends with its standard input.
#include <pmix.h>
#include <pmix_server.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace {

// What the library gives away.
template <class T>
class Mine : public std::unique_ptr<T, decltype(&std::free)> {
 public:
  explicit Mine(T* memory) : std::unique_ptr<T, decltype(&std::free)>(memory, &std::free) {}
};

// Waits for the one answer of a call that has a callback.
class Answer {
 public:
  static void arrived(pmix_status_t status, void* self) {
    auto* answer = static_cast<Answer*>(self);
    std::lock_guard lock(answer->mutex_);
    answer->status_ = status;
    answer->is_there_ = true;
    answer->there_.notify_one();
  }
  pmix_status_t wait() {
    std::unique_lock lock(mutex_);
    there_.wait(lock, [&] { return is_there_; });
    return status_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable there_;
  bool is_there_ = false;
  pmix_status_t status_ = PMIX_SUCCESS;
};

// All ranks are here: what they gave is what they get.
pmix_status_t fence(const pmix_proc_t*, size_t, const pmix_info_t*, size_t, char* data, size_t size,
                    pmix_modex_cbfunc_t done, void* of_caller) {
  if (done) done(PMIX_SUCCESS, data, size, of_caller, nullptr, nullptr);
  return PMIX_SUCCESS;
}

pmix_status_t agree(const pmix_proc_t*, size_t, const pmix_info_t*, size_t, pmix_op_cbfunc_t done,
                    void* of_caller) {
  if (done) done(PMIX_SUCCESS, of_caller);
  return PMIX_SUCCESS;
}

pmix_status_t finalized(const pmix_proc_t*, void*, pmix_op_cbfunc_t done, void* of_caller) {
  if (done) done(PMIX_SUCCESS, of_caller);
  return PMIX_SUCCESS;
}

// A rank that is not on this host: there is none.
pmix_status_t modex(const pmix_proc_t*, const pmix_info_t*, size_t, pmix_modex_cbfunc_t done,
                    void* of_caller) {
  if (done) done(PMIX_ERR_NOT_FOUND, nullptr, 0, of_caller, nullptr, nullptr);
  return PMIX_SUCCESS;
}

pmix_status_t end_all(const pmix_proc_t*, void*, int status, const char*, pmix_proc_t*, size_t,
                      pmix_op_cbfunc_t done, void* of_caller) {
  const auto code = static_cast<unsigned char>(status == 0 ? 1 : status);
  [[maybe_unused]] ssize_t n = write(STDOUT_FILENO, &code, 1);
  if (done) done(PMIX_SUCCESS, of_caller);
  return PMIX_SUCCESS;
}

pmix_server_module_t callbacks() {
  pmix_server_module_t module{};
  module.client_finalized = finalized;
  module.abort = end_all;
  module.fence_nb = fence;
  module.direct_modex = modex;
  module.connect = agree;
  module.disconnect = agree;
  return module;
}

template <class T>
pmix_info_t info(const char* key, const T& value, pmix_data_type_t type) {
  pmix_info_t out;
  PMIX_INFO_LOAD(&out, key, const_cast<T*>(&value), type);
  return out;
}

pmix_info_t text(const char* key, const std::string& value) {
  pmix_info_t out;
  PMIX_INFO_LOAD(&out, key, value.c_str(), PMIX_STRING);
  return out;
}

// What one rank may ask about itself.
pmix_info_t about_rank(uint32_t rank) {
  const auto on_node = static_cast<uint16_t>(rank);
  const uint32_t zero = 0;
  const std::vector<pmix_info_t> facts = {
      info("pmix.rank", rank, PMIX_PROC_RANK),    info(PMIX_GLOBAL_RANK, rank, PMIX_PROC_RANK),
      info(PMIX_APP_RANK, rank, PMIX_PROC_RANK),  info(PMIX_LOCAL_RANK, on_node, PMIX_UINT16),
      info(PMIX_NODE_RANK, on_node, PMIX_UINT16), info(PMIX_APPNUM, zero, PMIX_UINT32),
      info(PMIX_APPLDR, zero, PMIX_PROC_RANK),    info(PMIX_NODEID, zero, PMIX_UINT32)};
  pmix_data_array_t array;
  array.type = PMIX_INFO;
  array.size = facts.size();
  PMIX_INFO_CREATE(array.array, facts.size());
  std::copy(facts.begin(), facts.end(), static_cast<pmix_info_t*>(array.array));
  pmix_info_t out;
  PMIX_INFO_LOAD(&out, PMIX_PROC_DATA, &array, PMIX_DATA_ARRAY);
  return out;
}

std::vector<pmix_info_t> about_step(uint32_t ranks, const std::string& folder) {
  std::string peers;
  for (uint32_t i = 0; i < ranks; ++i) peers += (i ? "," : "") + std::to_string(i);
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  char *nodes = nullptr, *map = nullptr;
  PMIx_generate_regex(host.data(), &nodes);
  PMIx_generate_ppn(peers.c_str(), &map);
  const uint32_t one = 1, zero = 0;
  const bool no = false;
  std::vector<pmix_info_t> out = {info(PMIX_UNIV_SIZE, ranks, PMIX_UINT32),
                                  info(PMIX_JOB_SIZE, ranks, PMIX_UINT32),
                                  info(PMIX_LOCAL_SIZE, ranks, PMIX_UINT32),
                                  info(PMIX_NODE_SIZE, ranks, PMIX_UINT32),
                                  info(PMIX_APP_SIZE, ranks, PMIX_UINT32),
                                  info(PMIX_MAX_PROCS, ranks, PMIX_UINT32),
                                  info(PMIX_NUM_NODES, one, PMIX_UINT32),
                                  info(PMIX_JOB_NUM_APPS, one, PMIX_UINT32),
                                  info(PMIX_NODEID, zero, PMIX_UINT32),
                                  info(PMIX_LOCALLDR, zero, PMIX_PROC_RANK),
                                  info(PMIX_SPAWNED, no, PMIX_BOOL),
                                  text(PMIX_LOCAL_PEERS, peers),
                                  text(PMIX_TMPDIR, folder),
                                  text(PMIX_NSDIR, folder),
                                  text(PMIX_HOSTNAME, host.data()),
                                  text(PMIX_NODE_MAP, nodes ? nodes : ""),
                                  text(PMIX_PROC_MAP, map ? map : "")};
  const Mine<char> first(nodes), second(map);
  for (uint32_t rank = 0; rank < ranks; ++rank) out.push_back(about_rank(rank));
  return out;
}

int failed(const char* what, pmix_status_t status) {
  std::fprintf(stderr, "pentad-pmix: %s: %s\n", what, PMIx_Error_string(status));
  return 1;
}

// Variables of one rank to standard output. False when it is not to be.
bool write_variables(const pmix_proc_t& rank) {
  char** variables = nullptr;
  if (PMIx_server_setup_fork(&rank, &variables) != PMIX_SUCCESS || !variables) return false;
  std::string out;
  const Mine<char*> list(variables);
  for (char** entry = variables; *entry; ++entry) {
    const Mine<char> text(*entry);
    out.append(*entry, std::strlen(*entry) + 1);
  }
  out += '\0';
  return std::fwrite(out.data(), 1, out.size(), stdout) == out.size();
}

int serve(uint32_t ranks, const char* name, const std::string& folder) {
  pmix_server_module_t module = callbacks();
  std::vector<pmix_info_t> settings = {text(PMIX_SERVER_TMPDIR, folder),
                                       text(PMIX_SYSTEM_TMPDIR, folder)};
  pmix_status_t status = PMIx_server_init(&module, settings.data(), settings.size());
  if (status != PMIX_SUCCESS) return failed("cannot start", status);
  std::vector<pmix_info_t> facts = about_step(ranks, folder);
  pmix_proc_t proc;
  PMIX_LOAD_PROCID(&proc, name, 0);
  Answer known;
  status = PMIx_server_register_nspace(proc.nspace, static_cast<int>(ranks), facts.data(),
                                       facts.size(), Answer::arrived, &known);
  if (status == PMIX_SUCCESS) status = known.wait();
  if (status != PMIX_SUCCESS && status != PMIX_OPERATION_SUCCEEDED) {
    return failed("cannot register the step", status);
  }
  for (uint32_t rank = 0; rank < ranks; ++rank) {
    proc.rank = rank;
    Answer registered;
    status = PMIx_server_register_client(&proc, geteuid(), getegid(), nullptr, Answer::arrived,
                                         &registered);
    if (status == PMIX_SUCCESS) status = registered.wait();
    if (status != PMIX_SUCCESS && status != PMIX_OPERATION_SUCCEEDED) {
      return failed("cannot register a rank", status);
    }
    if (!write_variables(proc)) return failed("cannot tell a rank where this is", PMIX_ERROR);
  }
  if (std::fflush(stdout) != 0) return 1;
  std::array<char, 256> nothing;
  while (read(STDIN_FILENO, nothing.data(), nothing.size()) > 0) {
  }
  PMIx_server_finalize();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  uint32_t ranks = 0;
  const char* end = argc == 4 ? argv[1] + std::strlen(argv[1]) : nullptr;
  if (!end || std::from_chars(argv[1], end, ranks).ptr != end || ranks == 0 || ranks > 100'000) {
    std::fprintf(stderr, "pentad-pmix RANKS NAMESPACE FOLDER: started by srun\n");
    return 2;
  }
  return serve(ranks, argv[2], argv[3]);
}
