# Every third-party library is found here and nowhere else. Imported targets count as system
# headers: their warnings are not ours.

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)       # OpenSSL::SSL, OpenSSL::Crypto
find_package(fmt REQUIRED)           # fmt::fmt
find_package(spdlog REQUIRED)        # spdlog::spdlog (compiled, links fmt)
find_package(tomlplusplus REQUIRED)  # tomlplusplus::tomlplusplus
find_package(CLI11 REQUIRED)         # CLI11::CLI11
find_package(tl-expected REQUIRED)   # tl::expected
find_package(benchmark REQUIRED)     # benchmark::benchmark, benchmark::benchmark_main
find_package(mimalloc REQUIRED)      # mimalloc (shared)
find_package(doctest REQUIRED)       # doctest::doctest
find_package(rapidcheck REQUIRED)    # rapidcheck
find_package(ZLIB REQUIRED)          # ZLIB::ZLIB

# pentad_import(soci::core HEADER soci/soci.h LIBRARY soci_core): for packages that bring no CMake
# files of their own.
function(pentad_import target)
  cmake_parse_arguments(arg "" "HEADER;LIBRARY" "DEPS;HINTS" ${ARGN})
  string(REPLACE "::" "_" variable ${target})
  find_library(PENTAD_LIB_${variable} ${arg_LIBRARY} HINTS ${arg_HINTS} REQUIRED)
  find_path(PENTAD_INC_${variable} ${arg_HEADER} HINTS ${arg_HINTS} REQUIRED)
  mark_as_advanced(PENTAD_LIB_${variable} PENTAD_INC_${variable})
  add_library(${target} UNKNOWN IMPORTED)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION ${PENTAD_LIB_${variable}}
    INTERFACE_INCLUDE_DIRECTORIES ${PENTAD_INC_${variable}}
    INTERFACE_LINK_LIBRARIES "${arg_DEPS}")
endfunction()

pentad_import(sqlite::sqlite3 HEADER sqlite3.h LIBRARY sqlite3)
pentad_import(soci::core HEADER soci/soci.h LIBRARY soci_core)
pentad_import(soci::sqlite3 HEADER soci/sqlite3/soci-sqlite3.h LIBRARY soci_sqlite3
  DEPS soci::core sqlite::sqlite3)
find_path(PENTAD_INC_libpq libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)
pentad_import(postgresql::pq HEADER postgresql/libpq-fe.h LIBRARY pq)
target_include_directories(postgresql::pq SYSTEM INTERFACE ${PENTAD_INC_libpq})
pentad_import(soci::postgresql HEADER soci/postgresql/soci-postgresql.h LIBRARY soci_postgresql
  DEPS soci::core postgresql::pq)
pentad_import(hwloc::hwloc HEADER hwloc.h LIBRARY hwloc)
pentad_import(openblas::openblas HEADER cblas.h LIBRARY openblas
  HINTS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-pthread
        /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-pthread)
pentad_import(DNNL::dnnl HEADER dnnl.h LIBRARY dnnl)  # its own CMake file demands OpenCL
pentad_import(sodium::sodium HEADER sodium.h LIBRARY sodium)
pentad_import(utf8proc::utf8proc HEADER utf8proc.h LIBRARY utf8proc)
pentad_import(pmix::pmix HEADER pmix_server.h LIBRARY pmix
  HINTS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/pmix2/lib
        /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/pmix2/include)
pentad_import(zstd::zstd HEADER zstd.h LIBRARY zstd)
pentad_import(curl::curl HEADER curl/curl.h LIBRARY curl)
pentad_import(ldap::ldap HEADER ldap.h LIBRARY ldap)
pentad_import(ldap::lber HEADER lber.h LIBRARY lber)
pentad_import(prometheus::core HEADER prometheus/registry.h LIBRARY prometheus-cpp-core)

# Boost 1.81 as tools/deps.sh unpacks it, static; never the Boost of the system.
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/deps.sh COMMAND_ERROR_IS_FATAL ANY)
set(boost_root ${CMAKE_SOURCE_DIR}/build/deps/usr)
add_library(Boost::headers INTERFACE IMPORTED)  # Describe, Asio, Beast and the like
target_include_directories(Boost::headers SYSTEM INTERFACE ${boost_root}/include)
target_compile_definitions(Boost::headers INTERFACE BOOST_ALL_NO_LIB)
foreach(part container json url context)
  add_library(Boost::${part} STATIC IMPORTED)
  set_target_properties(Boost::${part} PROPERTIES
    IMPORTED_LOCATION ${boost_root}/lib/${CMAKE_LIBRARY_ARCHITECTURE}/libboost_${part}.a)
  target_link_libraries(Boost::${part} INTERFACE Boost::headers)
endforeach()
target_link_libraries(Boost::json INTERFACE Boost::container)
