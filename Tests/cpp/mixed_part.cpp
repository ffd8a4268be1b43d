// The part of mixed.cpp that is compiled without exceptions, and to another standard.
#include <spikelet/spikelet.hpp>

std::uint32_t populations_without_exceptions(const spikelet::model &model) {
  model.try_check().value();
  return model.try_counts().value().populations;
}
