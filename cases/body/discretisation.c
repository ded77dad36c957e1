/* Discretisation intervals. One mesh: prediction intervals value (1 - below / n^p) .. value (1 + above / n^p), n voxels
   across a strut, whose constants were calibrated on cages of all six cells (3 cells across, round and box,
   compression, bending, torsion and both together) against the same cage at the finest resolution; they leave out 1 try
   in 20. Voxels are too stiff because struts meet in sharp notches, and see too little stress because a value is the
   mean of a voxel; both errors go down as a power of n. Frames have one exact element a strut: their rows are the model
   error of the node zones, calibrated on the same cages. Several meshes: Richardson's extrapolation (convergence.h).
   Called by the reports of cages and segments. */
#include "cases/body/discretisation.h"

#include "cases/body/convergence.h"
#include <math.h>

enum { DISCRETISATION_MESHES = 16 };

static const struct {
  double below, above, order;
} rows[MESHES][CONVERGES_KINDS] = {
    [MESH_BINARY] = {{1.00, 1.89, 0.75}, {1.87, 2.42, 1.25}},
    [MESH_PARTIAL] = {{1.18, 0, 0.75}, {0.30, 1.06, 0.75}},
    [MESH_SOFTENED] = {{0.76, 1.08, 1.25}, {0.98, 2.80, 1.5}},
    [MESH_FRAME] = {{0.18, 0.22, 0}, {0.25, 0.43, 0}},
};

Bounds discretisation_single(Mesh mesh, Converges what, double across, double value) {
  const double scale = pow(across, -rows[mesh][what].order);
  return (Bounds){.value = value,
                  .lo = value * fmax(1 - rows[mesh][what].below * scale, 0),
                  .hi = value * (1 + rows[mesh][what].above * scale)};
}

Bounds discretisation_list(Mesh mesh, Converges what, int n, const double *across, const double *f) {
  double h[DISCRETISATION_MESHES];
  Bounds b = discretisation_single(mesh, what, across[n - 1], f[n - 1]);
  if (n < 3 || n > DISCRETISATION_MESHES || what != CONVERGES_STIFFNESS)
    return b;
  for (int i = 0; i < n; i++)
    h[i] = 1 / across[i];
  b.value = fmin(fmax(extrapolate(n, h, f).value, b.lo), b.hi);
  return b;
}
