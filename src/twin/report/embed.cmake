# Writes a source that holds files as text: cmake -DOUTPUT=x.cc -DFILES=name=path,... -P embed.cmake
# gives `std::string_view name()` in pentad::twin for each.
set(text "// Made by embed.cmake.\n#include \"twin/report/assets.h\"\n\nnamespace pentad::twin {\n")
string(REPLACE "," ";" files "${FILES}")
foreach(entry IN LISTS files)
  string(REGEX MATCH "^([a-z_]+)=(.+)$" matched "${entry}")
  file(READ "${CMAKE_MATCH_2}" content)
  string(APPEND text "std::string_view ${CMAKE_MATCH_1}() { return R\"~~~~(")
  string(APPEND text "${content}" ")~~~~\"; }\n")
endforeach()
string(APPEND text "}  // namespace pentad::twin\n")
file(WRITE "${OUTPUT}" "${text}")
