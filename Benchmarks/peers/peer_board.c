/* The board's side of the comparison with other simulators: W3 as a file for them, and runs of it when asked.
 *
 *   peer_board NEURONS CORES FILE   writes the network to FILE, prints the spikes of a second, and for each line that comes in
 *                                   runs that second again and prints its CPU time
 *
 * FILE holds neurons, fan and threshold (int32), then biases and starts (int32 by neuron), targets (uint16) and weights (int8)
 * by neuron and synapse. Biases, starts and threshold are in sixteenths of a weight.
 */
#include "../kernels/workloads.h"

enum { TICKS = 1000 };

static void write_network(const recurrent *net, const char *path) {
  size_t synapses = net->neurons * net->fan;
  int32_t head[3] = {(int32_t)net->neurons, (int32_t)net->fan, net->threshold};
  FILE *out = fopen(path, "wb");
  if (out == NULL) perror(path), exit(1);
  fwrite(head, sizeof *head, 3, out);
  fwrite(net->bias, sizeof *net->bias, net->neurons, out), fwrite(net->start, sizeof *net->start, net->neurons, out);
  fwrite(net->targets, sizeof *net->targets, synapses, out), fwrite(net->weights, sizeof *net->weights, synapses, out);
  int failed = ferror(out);
  if (fclose(out) != 0 || failed) perror(path), exit(1);
}

int main(int argc, char **argv) {
  char line[8];
  if (argc != 4) return fputs("usage: peer_board NEURONS CORES FILE\n", stderr), 2;
  recurrent net = recurrent_draw((size_t)atol(argv[1]));
  write_network(&net, argv[3]);
  bench board = recurrent_open(&net, (uint32_t)atol(argv[2]), 1);
  printf("%.0f\n", recurrent_spikes(&net, &board, TICKS));
  fflush(stdout);
  while (fgets(line, sizeof line, stdin) != NULL) {
    recurrent_reset(&net, &board);
    double start = cpu_seconds();
    recurrent_run(&board, TICKS);
    printf("%.9f\n", cpu_seconds() - start);
    fflush(stdout);
  }
  bench_close(&board);
  recurrent_free(&net);
  return 0;
}
