/** @file baselines.h
 * Two plain classifiers in floating point, to read the network's accuracy against.
 */
#ifndef EXAMPLES_BASELINES_H
#define EXAMPLES_BASELINES_H

#include "digits.h"

/** Test accuracy of the nearest class mean (Euclidean distance between images). */
double digits_nearest_mean(const digits_set *train, const digits_set *test);

/** Test accuracy of multinomial logistic regression, by stochastic gradient descent with a rate that falls linearly
 * to 0; the weights that are tested are those of the last step. */
double digits_linear(const digits_set *train, const digits_set *test, unsigned epochs, uint64_t seed);

#endif
