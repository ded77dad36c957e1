#include "bench/peers.h"

const char *const peers_source = "measured by this project on two cores with AVX-512, 24 GiB; STREAM triad 15 GB/s on "
                                 "one core, 29 GB/s on two";

const double peers_triad[2] = {15e9, 29e9};

const Peer peers[] = {
    {"128_74 1e-6", "ParOSol", 2.60, 5, 32.3, 16.8, 28.7, 297},
    {"128_74 1e-8", "ParOSol", 2.60, 7, 44.4, 0, 0, 298},
    {"128_87 1e-6", "ParOSol", 1.76, 8, 29.7, 14.7, 0, 191},
    {"192_74 1e-6", "ParOSol", 7.43, 5, 117, 58.0, 0, 752},
    {"192_87 1e-6", "ParOSol", 4.39, 7, 83, 42.4, 0, 477},
    {"256_74 1e-6", "ParOSol", 16.5, 4, 201, 102.9, 0, 1664},
    {"dense 96 1e-6", "ParOSol", 2.74, 2, 18.4, 9.7, 0, 312},
    {"dense 160 1e-6", "ParOSol", 12.5, 2, 90, 45.1, 0, 1331},
    {"128_74 1e-6", "VoxelFEM", 2.60, 16, 41.2, 21.1, 0, 719},
    {"128_74 1e-6", "TopOpt_in_PETSc", 2.60, 7, 250, 0, 0, 10411},
    {"cell 64_74 1e-6", "FANS", 0.26, 30, 1.4, 0, 0, 80},
};
const int n_peers = sizeof peers / sizeof *peers;
