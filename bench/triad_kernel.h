/* The STREAM triad (J. McCalpin, stream benchmark). Kernel. */
#ifndef TRABECULA_BENCH_TRIAD_KERNEL_H
#define TRABECULA_BENCH_TRIAD_KERNEL_H

#include <stddef.h>

/* a = b + s c, all [n]. STREAM counts 24 bytes for each of n; that a is read before it is written it does not count. */
void triad_kernel(size_t n, double s, const double *b, const double *c, double *a);

#endif
