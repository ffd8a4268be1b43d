#include "ring_fit.h"

enum { ROUNDS = 20 };

/* Rings with w and d; adds up the products of the errors and of the changes of x by them. */
static void accumulate(dynamics net, const double *readouts, long ticks, const double at[2], double normal[2][2],
                       double right[2]) {
  const double nudge = 1e-4;
  dynamics_target targets[3] = {{.input = DYNAMICS_PULSE}, {.input = DYNAMICS_PULSE}, {.input = DYNAMICS_PULSE}};
  for (long tick = 0; tick < ticks; tick++) {
    for (int k = 0; k < 3; k++) {
      double drive[DYNAMICS_SIGNALS], w = at[0] * (k == 1 ? 1 + nudge : 1), d = at[1] * (k == 2 ? 1 + nudge : 1);
      net.shape.matrix[0][0] = net.shape.matrix[1][1] = -d;
      net.shape.matrix[0][1] = w;
      net.shape.matrix[1][0] = -w;
      dynamics_next(&net, &targets[k], drive);
    }
    for (int j = 0; j < 2; j++) {
      double slope[2], error = readouts[tick * 2 + j] - targets[0].x[j];
      for (int k = 0; k < 2; k++) slope[k] = (targets[k + 1].x[j] - targets[0].x[j]) / (at[k] * nudge);
      for (int k = 0; k < 2; k++) {
        right[k] += slope[k] * error;
        for (int m = 0; m < 2; m++) normal[k][m] += slope[k] * slope[m];
      }
    }
  }
}

void ring_fit(const dynamics *net, const double *readouts, long ticks, double *frequency, double *damping) {
  double truth[2] = {net->shape.matrix[0][1], -net->shape.matrix[0][0]}, at[2] = {truth[0], truth[1]};
  for (int round = 0; round < ROUNDS; round++) {
    double normal[2][2] = {{0}}, right[2] = {0}, determinant;
    accumulate(*net, readouts, ticks, at, normal, right);
    determinant = normal[0][0] * normal[1][1] - normal[0][1] * normal[1][0];
    at[0] += (right[0] * normal[1][1] - right[1] * normal[0][1]) / determinant;
    at[1] += (right[1] * normal[0][0] - right[0] * normal[1][0]) / determinant;
  }
  *frequency = fabs(at[0] / truth[0] - 1);
  *damping = fabs(at[1] / truth[1] - 1);
}
