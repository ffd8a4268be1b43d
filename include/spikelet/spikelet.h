/** @file spikelet.h
 * Spikelet: an embeddable runtime for USB neuromorphic boards that learn on line. Includes every header of the library.
 */
#ifndef SPIKELET_SPIKELET_H
#define SPIKELET_SPIKELET_H

#include "base.h"
#include "context.h"
#include "device.h"
#include "erbp.h"
#include "model.h"
#include "rules.h"
#include "session.h"
#include "submission.h"

#endif
