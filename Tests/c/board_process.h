/* spikelet-board as a process that tests start, stop, hold and kill. */
#ifndef TESTS_BOARD_PROCESS_H
#define TESTS_BOARD_PROCESS_H

#include "check.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct board_process {
  const char *program;
  char folder[64], socket[80], locator[96];
  pid_t process;
} board_process;

/* A board that is not started yet, with a folder for its socket. */
static inline board_process board_at_fresh_place(const char *program) {
  board_process board = {program, "/tmp/spikelet-XXXXXX", "", "", 0};
  CHECK(mkdtemp(board.folder) != NULL);
  snprintf(board.socket, sizeof board.socket, "%s/board", board.folder);
  snprintf(board.locator, sizeof board.locator, "unix:%s", board.socket);
  return board;
}

/* Starts it, and waits until it serves.
 * cores: null for the default, or digits */
static inline void board_start(board_process *board, const char *cores) {
  int ends[2];
  char line[256] = "";
  size_t length = 0;
  if (!CHECK(board->process == 0 && pipe(ends) == 0)) return;
  board->process = fork();
  if (board->process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execl(board->program, board->program, "--unix", board->socket, "--cores", cores == NULL ? "8" : cores, (char *)NULL);
    _exit(127);
  }
  close(ends[1]);
  while (length + 1 < sizeof line && read(ends[0], &line[length], 1) == 1 && line[length] != '\n') length++;
  CHECK(strstr(line, "serving") != NULL);
  close(ends[0]);
}

static inline void board_signal(const board_process *board, int signal) { CHECK(kill(board->process, signal) == 0); }

/* Holds it, until SIGCONT: it is there, and does nothing. */
static inline void board_hold(const board_process *board) {
  board_signal(board, SIGSTOP);
  CHECK(waitpid(board->process, NULL, WUNTRACED) == board->process);
}

/* As a cable that is pulled: nothing is said, nothing is tidied up. */
static inline void board_kill(board_process *board) {
  if (board->process <= 0) return;
  board_signal(board, SIGKILL);
  CHECK(waitpid(board->process, NULL, 0) == board->process);
  board->process = 0;
}

/* The body of a thread that kills the board of `argument` in the middle of what goes on; board_kill() tidies up. */
static inline void *board_kill_soon(void *argument) {
  usleep(80000);
  kill(((const board_process *)argument)->process, SIGKILL);
  return NULL;
}

static inline void board_remove(board_process *board) {
  board_kill(board);
  unlink(board->socket);
  CHECK(rmdir(board->folder) == 0);
}

#endif
