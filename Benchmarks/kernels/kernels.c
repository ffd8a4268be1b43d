/* How fast the kernels are: workloads through the C API, beside the same work in C for AVX2, as ratios of paired runs.
 *
 *   kernels FOLDER [MNIST]   prints a table, and writes FOLDER/kernels.json; returns 1 if a bar is missed
 */
#include "workloads.h"

#include <string.h>

int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) return fputs("usage: kernels FOLDER [MNIST]\n", stderr), 2;
  layers_workloads(31);
  recurrent_workloads(7);
  activity_workload(31);
  loop_workload(20000);
  training_workload(15, argc, argv);
  roofline_workloads(31);
  return write_report(argv[1], "kernels");
}
