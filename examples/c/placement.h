/** @file placement.h
 * Finds a board that a model fits on, and prints what each core holds.
 */
#ifndef EXAMPLES_PLACEMENT_H
#define EXAMPLES_PLACEMENT_H

#include <spikelet/spikelet.h>

/** Doubles the cores of `board`, in size, until the model fits, at most eight times. */
spk_status placement_fit(spk_model *model, spk_board_options *board);

/** Prints a table, a line for each core that holds something. */
spk_status placement_print(spk_model *model, const spk_board_options *board);

#endif
