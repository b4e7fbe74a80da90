// How sure a figure of the catalogue is.
#pragma once

#include <boost/describe.hpp>

namespace pentad::catalogue {

// How a row's figures came about. recalled: published, written down from memory, not yet checked.
BOOST_DEFINE_ENUM_CLASS(Certainty, measured, datasheet, standard, published, recalled, judgement)

}  // namespace pentad::catalogue
