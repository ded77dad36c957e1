/* A segment of few voxels for tests: a cage of 8 mm between two vertebrae of 12 x 10 x 7 mm, voxels of 1 mm. */
#ifndef TRABECULA_TESTS_SEGMENT_CASE_H
#define TRABECULA_TESTS_SEGMENT_CASE_H

static const char *const segment_text =
    "runner: segment\n"
    "model: both\n"
    "lattice: {cell: rhombic-dodecahedron, cell_mm: 4.5, porosity_pct: 60}\n"
    "cage: {diameter_mm: 8, height_mm: 8, wedge_deg: 6, face_mm: 1, modulus: as-printed, sleeve_inner_mm: 2, "
    "sleeve_outer_mm: 4}\n"
    "vertebra: {width_mm: 12, depth_mm: 10, height_mm: 7, cortex_mm: 0.5, endplate_mm: 0.7}\n"
    "materials: {cage: tantalum-sebm, cortical: cortical-bone, endplate: bony-endplate, cancellous: cancellous-bone}\n"
    "loads: {compression_N: 400, moment_Nm: 0.5}\n"
    "resolution: {voxel_mm: 1, cage_voxel_mm: 0.5, cell_voxels: 16}\n"
    "solver: {rtol: 1.0e-11}\n"
    "shielding: {references_MPa: [1000, 200], s: 0.4, compare: own}\n";

#endif
