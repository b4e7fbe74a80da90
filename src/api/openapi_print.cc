// Prints the OpenAPI document, for linters and for those who generate clients.
#include <cstdio>

#include "api/endpoints.h"

int main() {
  std::string document = pentad::api::openapi_document("0.1.0");
  std::fwrite(document.data(), 1, document.size(), stdout);
  return 0;
}
