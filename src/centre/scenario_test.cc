// Plays every file in scenarios/ and compares what the core decided with what stands there.
#include "centre/scenario.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

TEST_CASE("the core decides as the scenarios say") {
  int played = 0;
  for (const auto& file : std::filesystem::directory_iterator(PENTAD_SCENARIOS)) {
    CAPTURE(file.path().filename().string());
    std::ifstream in(file.path());
    std::stringstream expected;
    expected << in.rdbuf();
    std::string seen = pentad::play_scenario(expected);
    if (std::getenv("PENTAD_UPDATE_GOLDEN")) std::ofstream(file.path()) << seen;
    CHECK_MESSAGE(seen == expected.str(), "decided otherwise:\n", seen);
    ++played;
  }
  CHECK(played >= 10);
}
