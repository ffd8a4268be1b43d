/** @file spikelet.hpp
 * Spikelet in C++17: owners, results and spans over the C interface, and nothing behind them. Includes every header of it.
 *
 *     auto context = spikelet::context::create();
 *     auto board = spikelet::device::open(context, "sim:");
 *     auto model = spikelet::model::load_file(context, "digits.safetensors");
 *     auto session = spikelet::session::open(board, model);
 *     std::printf("class %u\n", session.present(spikelet::presentation(image)));
 *
 * - What a call does, whether it blocks, and which status means what, stands at the C function that it names.
 * - Structs and constants are those of C; spikelet::presentation() and the like give them filled.
 * - All is inline, and compiles to the call of C. Only the overloads that give a std::vector allocate.
 * - C++ and C mix: get() gives the object to C, a constructor adopts it, release() gives it away.
 */
#ifndef SPIKELET_SPIKELET_HPP
#define SPIKELET_SPIKELET_HPP

#include "callbacks.hpp"
#include "context.hpp"
#include "device.hpp"
#include "handle.hpp"
#include "model.hpp"
#include "options.hpp"
#include "result.hpp"
#include "session.hpp"
#include "span.hpp"

#endif
