/* A program that links libspikelet and nothing else. Prints the digest of seed 1, which every other program must give too. */
#include "board.h"

int main(void) {
  uint32_t digest;
  if (!board_digest(1, 40, &digest)) return 1;
  printf("digest %08x\n", (unsigned)digest);
  return 0;
}
