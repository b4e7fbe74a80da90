#include "base/reflect_schema.h"

namespace pentad {

namespace reflect {

std::string json_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) {
    if (out.size() > 1) out.push_back(',');
    out += item;
  }
  return out + "]";
}

std::string json_words(std::string_view words) { return json_of(words); }

}  // namespace reflect

SchemaText& SchemaText::add(std::string_view key, std::string json) {
  members_.emplace_back(key, std::move(json));
  return *this;
}

SchemaText& SchemaText::add_words(std::string_view key, std::string_view words) {
  return words.empty() ? *this : add(key, reflect::json_words(words));
}

SchemaText& SchemaText::make_nullable() {
  nullable_ = true;
  return *this;
}

void SchemaText::replace(std::string_view key, std::string json) {
  std::erase_if(members_, [&](const auto& member) { return member.first == key; });
  add(key, std::move(json));
}

SchemaText& SchemaText::constrain(const FieldNote& note) {
  bool is_list = type_ == "array";
  bool is_text = type_ == "string";
  std::string lengths = is_list ? "Items" : is_text ? "Length" : "Properties";
  if (note.min != FieldNote::no_min) replace("minimum", std::to_string(note.min));
  if (note.max != FieldNote::no_max) replace("maximum", std::to_string(note.max));
  if (note.min_length > 0) add("min" + lengths, std::to_string(note.min_length));
  if (note.max_length != FieldNote::no_length) {
    add("max" + lengths, std::to_string(note.max_length));
  }
  if (note.is_single_line) add_words("pattern", R"(^[^\u0000-\u001f\u007f]*$)");
  if (!note.text.empty()) replace("description", reflect::json_words(note.text));
  return *this;
}

std::string SchemaText::text() const {
  std::string inner;
  std::string outer;
  if (!type_.empty()) inner = "\"type\":" + reflect::json_words(type_);
  for (const auto& [key, json] : members_) {
    // Beside a choice of null, what is said about the field stays outside the choice.
    bool is_about_field = key == "description" || key == "default";
    std::string& to = is_about_field ? outer : inner;
    to += (to.empty() ? "" : ",") + reflect::json_words(key) + ":" + json;
  }
  if (nullable_) inner = "\"anyOf\":[{" + inner + "},{\"type\":\"null\"}]";
  return "{" + inner + (inner.empty() || outer.empty() ? "" : ",") + outer + "}";
}

}  // namespace pentad
