# Compiler settings that hold for every target.

option(PENTAD_SANITIZE "Build with address and undefined behaviour sanitizers" OFF)
option(PENTAD_FUZZ "Build the libFuzzer targets (needs clang)" OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# No NDEBUG anywhere: asserts are never compiled out. -g1 is enough for file and line in a stack
# trace, and keeps objects small and links fast.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

# Debug only compiles: the second compiler's opinion in the least time.
set(CMAKE_CXX_FLAGS_DEBUG "-O0")

# Warnings, sanitizers and link settings; the functions of pentad.cmake link it to each target.
add_library(pentad_options INTERFACE)
target_compile_options(pentad_options INTERFACE -Wall -Wextra -Werror
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)  # __FILE__ is relative to the repository
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees overlaps in std::string's operator+ that do not exist (GCC bug 105651).
  target_compile_options(pentad_options INTERFACE -Wno-restrict)
endif()

if(PENTAD_SANITIZE OR PENTAD_FUZZ)
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # These checks take g++ up to twice as long (36 s against 17 s for a file of RapidCheck's
    # templates) and the address sanitizer sees most of what they see. The fuzzers keep them.
    string(CONCAT omitted "null,vptr,alignment,object-size,pointer-overflow,"
      "nonnull-attribute,returns-nonnull-attribute")
    list(APPEND sanitizers -fno-sanitize=${omitted})
    # What the sanitizer puts in confuses this warning of g++.
    target_compile_options(pentad_options INTERFACE -Wno-maybe-uninitialized)
  endif()
  target_compile_options(pentad_options INTERFACE ${sanitizers} -O1)
  target_compile_definitions(pentad_options INTERFACE PENTAD_SANITIZE)  # tests may do less
  target_link_options(pentad_options INTERFACE ${sanitizers})
endif()
if(PENTAD_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "PENTAD_FUZZ needs clang: cmake --preset fuzz")
  endif()
  target_compile_options(pentad_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(PENTAD_MOLD mold)
if(PENTAD_MOLD)
  target_link_options(pentad_options INTERFACE -fuse-ld=mold)
endif()

# Paths are rewritten relative to the build directory and kept out of the key: all build
# directories and all clones share one cache.
find_program(PENTAD_CCACHE ccache)
if(PENTAD_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${PENTAD_CCACHE})
endif()
