#include "engine/outputs.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace pentad::engine {

namespace {

Names names() { return {{JobId{42}, 7, 2}, "train", "alice", "node1"}; }

}  // namespace

TEST_CASE("tokens in patterns are filled in") {
  CHECK(expand_pattern("%j_%a.%n-%x-%u@%h.out", names()) == "42_7.2-train-alice@node1.out");
  CHECK(expand_pattern("%6j|%3a|%0a", names()) == "000042|007|7");
  CHECK(expand_pattern("100%% %j", names()) == "100% 42");
  CHECK(expand_pattern("%", names()) == "%");
  CHECK(expand_pattern("%q %5 %", names()) == "%q %5 %");
  CHECK(expand_pattern("%99999999999999999999j", names()) == "00000000000000000042");
}

TEST_CASE("no name leaves its path component") {
  CHECK(rc::check([](const std::string& name, const std::string& user) {
    Names hostile = names();
    hostile.job_name = name;
    hostile.user = user;
    const std::string path = expand_pattern("a/%x/%u%x/b", hostile);
    RC_ASSERT(std::count(path.begin(), path.end(), '/') == 3);
    RC_ASSERT(std::none_of(path.begin(), path.end(),
                           [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }));
    RC_ASSERT(path.find("/./") == std::string::npos);
    RC_ASSERT(path.find("/../") == std::string::npos);
  }));
  Names dots = names();
  dots.job_name = "..";
  CHECK(expand_pattern("%x", dots) == "_.");
  dots.job_name = ".";
  CHECK(expand_pattern("%x%x", dots) == "__");
  dots.job_name = "../../etc/passwd\n";
  CHECK(expand_pattern("%x", dots) == "_._.._etc_passwd_");
  dots.job_name = std::string(1000, 'x');
  CHECK(expand_pattern("%x", dots).size() < 255);
}

TEST_CASE("files of an attempt have their places") {
  Payload payload;
  Files files = attempt_files("/centre", names(), payload);
  CHECK(files.workdir == "/centre/jobs/42");
  CHECK(files.stdout_path == "/centre/jobs/42/7.2.out");
  CHECK(files.stderr_path.empty());
  CHECK(files.stdin_path.empty());
  payload.workdir = "/data";
  payload.stdout_path = "out/%j";
  payload.stderr_path = "/var/log/%x";
  payload.stdin_path = "in%a";
  files = attempt_files("/centre", names(), payload);
  CHECK(files.workdir == "/data");
  CHECK(files.stdout_path == "/data/out/42");
  CHECK(files.stderr_path == "/var/log/train");
  CHECK(files.stdin_path == "/data/in7");
  payload.stderr_path = "/data/out/42";
  CHECK(attempt_files("/centre", names(), payload).stderr_path.empty());
}

}  // namespace pentad::engine
