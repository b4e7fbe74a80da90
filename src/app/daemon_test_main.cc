// A daemon without the command line of `pentad`, for tests: pentad-daemon-test HOME [LISTEN].
#include <cstdio>

#include "app/daemon.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: pentad-daemon-test HOME [LISTEN]\n");
    return 2;
  }
  pentad::app::DaemonOptions options;
  options.home = argv[1];
  if (argc > 2) options.listen = argv[2];
  options.supervisor_path = PENTAD_SUPERVISOR;
  options.apps_folder = PENTAD_SOURCE_DIR "/apps";
  options.devices_file = PENTAD_SOURCE_DIR "/catalogue/devices.toml";
  return pentad::app::run_daemon(options);
}
