/* What other programs took for the same voxels, as constants with their source. */
#ifndef TRABECULA_BENCH_PEERS_H
#define TRABECULA_BENCH_PEERS_H

typedef struct Peer {
  const char *problem, *program;
  double mdofs;
  int iterations;
  double one_core_s, two_cores_s; /* of the whole run: read, set up, solve, write; 0: not measured */
  double solve_s;                 /* of the solve alone, one core; 0: not known */
  double peak_MB;                 /* 0: not known */
} Peer;

extern const Peer peers[];
extern const int n_peers;
extern const char *const peers_source;
extern const double peers_triad[2]; /* STREAM triad of their machine on one core and on two, bytes/s */

#endif
