# pentad_library, pentad_tests, pentad_executable and pentad_fuzzer: the only functions that make
# targets of ours.
#
#   pentad_library(NAME base SOURCES assert.cc DEPS fmt::fmt pentad_model PRIVATE_DEPS soci::core)
#     Target pentad_base, headers included as "base/x.h". No SOURCES: an interface library.
#   pentad_tests(NAME base SOURCES units_test.cc [DEPS ...] [LABELS unit] [TIMEOUT s] [SERIAL])
#     doctest executable base_test in ctest; brings pentad_base, doctest's main and RapidCheck.
#   pentad_script_test(NAME kill COMMAND ./kill_test.py $<TARGET_FILE:pentad> DEPS pentad
#                      [LABELS e2e] [TIMEOUT s] [SERIAL])
#     Any other program as a test; DEPS are the targets it calls. COMMAND runs in the source folder.
#   pentad_executable(NAME pentad SOURCES main.cc DEPS pentad_cli)
#     bin/pentad in the build directory. Those of src/ are built by the target `programs`.
#   pentad_fuzzer(NAME json SOURCES json_fuzz.cc DEPS pentad_base [CORPUS folder])
#     fuzz/json_fuzz, only with PENTAD_FUZZ; CORPUS holds seeds and is never written to.

set(PENTAD_FOLDERS
  base model schedule tenancy ledger energy centre dialect catalogue store identity engine net api
  hub serve network twin plan app cli drmaa)

# Stops the configuration when a folder links one that stands at its own place or below it.
function(pentad_check_layer deps)
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${CMAKE_SOURCE_DIR}
    OUTPUT_VARIABLE here)
  if(NOT here MATCHES "^src/([a-z]+)")
    return()
  endif()
  set(folder ${CMAKE_MATCH_1})
  list(FIND PENTAD_FOLDERS ${folder} own)
  foreach(dep IN LISTS deps)
    if(dep MATCHES "^pentad_([a-z]+)$")
      list(FIND PENTAD_FOLDERS ${CMAKE_MATCH_1} other)
      if(other GREATER own)
        message(FATAL_ERROR
          "layering: src/${folder} may not link ${dep}, which stands below it in PENTAD_FOLDERS")
      endif()
    endif()
  endforeach()
endfunction()

function(pentad_library)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  pentad_check_layer("${arg_DEPS};${arg_PRIVATE_DEPS}")
  set(target pentad_${arg_NAME})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${target} PUBLIC ${arg_DEPS} PRIVATE pentad_options ${arg_PRIVATE_DEPS})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${target} INTERFACE ${arg_DEPS})
  endif()
endfunction()

# mimalloc instead of the C library's malloc, for programs that make and forget small things all the
# time: the twin is an eighth faster. Sanitizers bring an allocator of their own.
function(pentad_fast_memory target)
  if(NOT PENTAD_SANITIZE AND NOT PENTAD_FUZZ)
    target_link_libraries(${target} PRIVATE -Wl,--no-as-needed mimalloc -Wl,--as-needed)
  endif()
endfunction()

add_custom_target(programs)
function(pentad_executable)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;DEPS" ${ARGN})
  pentad_check_layer("${arg_DEPS}")
  add_executable(${arg_NAME} ${arg_SOURCES})
  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "^${CMAKE_SOURCE_DIR}/src/")
    add_dependencies(programs ${arg_NAME})
  endif()
  target_include_directories(${arg_NAME} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${arg_NAME} PRIVATE pentad_options ${arg_DEPS})
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# Labels: unit (the default of pentad_tests), sim (fault simulator), fuzz, e2e (real daemon, real
# jobs; the default of pentad_script_test). unit and sim run under sanitizers as well: the target
# `sanitized` builds what they need. SERIAL: runs alone. A test that exits with 77 is skipped.
add_custom_target(sanitized)
function(pentad_register_test target)
  cmake_parse_arguments(arg "" "TIMEOUT;SERIAL" "LABELS;NEEDS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(arg_NEEDS AND ("unit" IN_LIST arg_LABELS OR "sim" IN_LIST arg_LABELS))
    add_dependencies(sanitized ${arg_NEEDS})
  endif()
  set_tests_properties(${target} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
    SKIP_RETURN_CODE 77 RUN_SERIAL ${arg_SERIAL})
endfunction()

function(pentad_tests)
  cmake_parse_arguments(arg "SERIAL" "NAME;TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  pentad_check_layer("${arg_DEPS}")
  set(target ${arg_NAME}_test)
  add_executable(${target} ${arg_SOURCES})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  if(TARGET pentad_${arg_NAME})
    target_link_libraries(${target} PRIVATE pentad_${arg_NAME})
  endif()
  target_link_libraries(${target} PRIVATE pentad_options pentad_test_main ${arg_DEPS})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_test(NAME ${target} COMMAND ${target})
  pentad_register_test(${target} LABELS ${arg_LABELS} TIMEOUT ${arg_TIMEOUT}
    SERIAL ${arg_SERIAL} NEEDS ${target})
endfunction()

# A private PostgreSQL server that runs while tests need it; pentad_on_postgresql(TEST) gives a test
# its URL as PENTAD_TEST_POSTGRESQL.
string(MD5 pentad_postgresql_hash ${CMAKE_BINARY_DIR})
string(SUBSTRING ${pentad_postgresql_hash} 0 12 pentad_postgresql_hash)
set(pentad_postgresql_dir /tmp/pentad-postgresql-${pentad_postgresql_hash})
set(pentad_postgresql_script ${CMAKE_SOURCE_DIR}/test/postgresql/cluster.sh)
add_test(NAME postgresql_start
  COMMAND ${pentad_postgresql_script} start ${pentad_postgresql_dir} fsync=off)
add_test(NAME postgresql_stop COMMAND ${pentad_postgresql_script} stop ${pentad_postgresql_dir})
set_tests_properties(postgresql_start PROPERTIES FIXTURES_SETUP postgresql TIMEOUT 60)
set_tests_properties(postgresql_stop PROPERTIES FIXTURES_CLEANUP postgresql TIMEOUT 60)
function(pentad_on_postgresql test)
  set_tests_properties(${test} PROPERTIES FIXTURES_REQUIRED postgresql ENVIRONMENT
    "PENTAD_TEST_POSTGRESQL=postgresql:///postgres?host=${pentad_postgresql_dir}&user=postgres")
endfunction()

function(pentad_script_test)
  cmake_parse_arguments(arg "SERIAL" "NAME;TIMEOUT" "COMMAND;DEPS;LABELS" ${ARGN})
  pentad_check_layer("${arg_DEPS}")
  if(NOT arg_LABELS)
    set(arg_LABELS e2e)
  endif()
  add_test(NAME ${arg_NAME} COMMAND ${arg_COMMAND} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  pentad_register_test(${arg_NAME} LABELS ${arg_LABELS} TIMEOUT ${arg_TIMEOUT}
    SERIAL ${arg_SERIAL} NEEDS ${arg_DEPS})
endfunction()

if(PENTAD_FUZZ)
  add_custom_target(fuzzers)
  set(PENTAD_FUZZ_SECONDS 4 CACHE STRING "How long ctest runs each fuzzer")
endif()

# A test with the label fuzz. What it finds is kept in the corpus, inputs that fail in findings.
function(pentad_fuzzer)
  if(NOT PENTAD_FUZZ)
    return()
  endif()
  cmake_parse_arguments(arg "" "NAME;CORPUS" "SOURCES;DEPS" ${ARGN})
  pentad_check_layer("${arg_DEPS}")
  set(target ${arg_NAME}_fuzz)
  add_executable(${target} ${arg_SOURCES})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${target} PRIVATE pentad_options ${arg_DEPS})
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  set(corpora ${CMAKE_BINARY_DIR}/corpus/${target})
  file(MAKE_DIRECTORY ${corpora} ${CMAKE_BINARY_DIR}/findings)
  if(arg_CORPUS)
    cmake_path(ABSOLUTE_PATH arg_CORPUS BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
      OUTPUT_VARIABLE seeds)
    list(APPEND corpora ${seeds})
  endif()
  # A finding would end with 77, which here says skipped.
  add_test(NAME ${target} COMMAND ${target} -max_total_time=${PENTAD_FUZZ_SECONDS} -timeout=10
    -error_exitcode=1 -timeout_exitcode=1 -rss_limit_mb=2048 -verbosity=1 -print_final_stats=1
    -artifact_prefix=${CMAKE_BINARY_DIR}/findings/${target}- ${corpora})
  pentad_register_test(${target} LABELS fuzz SERIAL FALSE)
  add_dependencies(fuzzers ${target})
endfunction()
