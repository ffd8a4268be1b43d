/* A simulated USB board, as firmware-sim/BoardPort exports it. */
#ifndef TESTS_BOARD_PORT_H
#define TESTS_BOARD_PORT_H

#include <stdint.h>

void *board_port_make(int32_t number);
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
