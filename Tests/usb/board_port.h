/* A simulated USB board, as firmware-sim/BoardPort exports it. */
#ifndef TESTS_BOARD_PORT_H
#define TESTS_BOARD_PORT_H

#include <stdint.h>

/* plan: faults, as `spikelet-board --fault` takes them; may be NULL. NULL if it is wrong. */
void *board_port_make(int32_t number, const char *plan);
/* The faults that struck so far, as a plan has them, with spaces between; the length of the text. */
int32_t board_port_faults(void *board, uint8_t *room, int32_t capacity);
/* Lets go what a fault has held back for long enough. Nanoseconds of the monotonic clock when to call this again and give
 * what was not taken once more, whatever the descriptor says; 0: no need. */
int64_t board_port_wake(void *board);
/* What a fault has brought about. */
enum { BOARD_PORT_FROZEN = 1, BOARD_PORT_GONE = 2, BOARD_PORT_BEHIND = 4 };
int32_t board_port_state(void *board);
int32_t board_port_descriptors(void *board, uint8_t *room, int32_t capacity);
/* Readable when board_port_in() has something, writable when board_port_out() has room; another one after a reset. */
int32_t board_port_poll(void *board);
void board_port_reset(void *board);
/* -1: stall; else bytes moved. */
int32_t board_port_control(void *board, const uint8_t *setup, uint8_t *data);
int32_t board_port_out(void *board, uint8_t endpoint, const uint8_t *bytes, int32_t count);
/* -1: stall, -2: nothing yet, -3: overflow. */
int32_t board_port_in(void *board, uint8_t endpoint, uint8_t *room, int32_t capacity);

#endif
