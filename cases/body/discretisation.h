/* How far a number computed with one mesh may lie from that of a finer one. Kernel. */
#ifndef TRABECULA_CASES_BODY_DISCRETISATION_H
#define TRABECULA_CASES_BODY_DISCRETISATION_H

/* What converges alike: moduli and stiffnesses; percentiles of von Mises stress. */
typedef enum Converges { CONVERGES_STIFFNESS, CONVERGES_STRESS, CONVERGES_KINDS } Converges;
/* Rows of the table: voxels by resolution.surface (in the order of Surface), and frames with node zones. */
typedef enum Mesh { MESH_BINARY, MESH_PARTIAL, MESH_SOFTENED, MESH_FRAME, MESHES } Mesh;

/* A value and its interval, in the unit of the value. */
typedef struct Bounds {
  double value, lo, hi;
} Bounds;

/* value: positive, of one mesh; across: voxels across a strut (not read for frames). The interval holds the value of a
   finer mesh in 19 of 20 tries (bench/NOTES.md, "Discretisation intervals", shows them). */
Bounds discretisation_single(Mesh mesh, Converges what, double across, double value);
/* f [n] with across [n] voxels across a strut, ascending, n >= 1. The interval is that of the finest mesh. A stiffness
   of three meshes or more is extrapolated (convergence.h) and held inside it; percentiles of stress scatter too much
   for that, there the finest stands. */
Bounds discretisation_list(Mesh mesh, Converges what, int n, const double *across, const double *f);

#endif
