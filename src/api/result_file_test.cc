#include "api/result_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace pentad;
using namespace pentad::api;

namespace {

struct Folder {
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "pentad-test-XXXXXX";
    path = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string write(const std::string& text) {
    std::ofstream(path + "/result.json") << text;
    return path + "/result.json";
  }
  std::string path;
};

const char* kGood = R"({"summary":{"en":"90 % right","zh":"正确率 90 %"},
  "figures":[{"name":"accuracy","value":0.9,"unit":""}],"files":["model.pt"]})";

}  // namespace

TEST_CASE("a result is read") {
  Folder folder;
  auto result = read_result(folder.write(kGood), Time{});
  REQUIRE(result);
  CHECK(result->summary.at("zh") == "正确率 90 %");
  CHECK(result->figures.at(0).value == 0.9);
  CHECK(result->files.at(0) == "model.pt");
}

TEST_CASE("what is no result is none") {
  Folder folder;
  CHECK_FALSE(read_result(folder.path + "/nothing", Time{}));
  CHECK_FALSE(read_result(folder.write(""), Time{}));
  CHECK_FALSE(read_result(folder.write("[]"), Time{}));
  CHECK_FALSE(read_result(folder.write(std::string(100'000, ' ')), Time{}));
  CHECK_FALSE(read_result(folder.write(R"({"summary":{"en":"a\u202eb","zh":"b"}})"), Time{}));
  // Left by an earlier attempt.
  CHECK_FALSE(read_result(folder.write(kGood), Time{int64_t{1} << 50}));
  std::filesystem::remove(folder.path + "/result.json");
  std::filesystem::create_symlink("/etc/passwd", folder.path + "/result.json");
  CHECK_FALSE(read_result(folder.path + "/result.json", Time{}));
  std::filesystem::remove(folder.path + "/result.json");
  REQUIRE(mkfifo((folder.path + "/result.json").c_str(), 0600) == 0);
  CHECK_FALSE(read_result(folder.path + "/result.json", Time{}));
}

TEST_CASE("the last progress line counts") {
  Folder folder;
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "noise\n";
  std::string path = folder.write(text + "progress 0.25 epoch 1\nprogress 0.5 epoch 2\nnot yet");
  auto progress = read_progress(path);
  REQUIRE(progress);
  CHECK(progress->fraction == 0.5);
  CHECK(progress->words == "epoch 2");
  CHECK_FALSE(read_progress(folder.write("nothing\n")));
  CHECK_FALSE(read_progress(folder.path));
}
