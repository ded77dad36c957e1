/* The spine segment of the runner `segment`: a cage between two idealised vertebral bodies.
   Axes: z cranial along the lower vertebra, y anterior, x lateral; z = 0 is the lower face of the lower vertebra. The
   upper face of the cage and the upper vertebra are inclined about x by the wedge angle, lower in front. */
#ifndef TRABECULA_CASES_RUNNERS_SEGMENT_H
#define TRABECULA_CASES_RUNNERS_SEGMENT_H

#include "cases/body/build.h"
#include "mesh/voxelise.h"
#include "solver/voxel/voxel.h"

/* Voxels of (a). The first three labels name the tissues of bone as well. A rim is endplate over the cortical shell; it
   is a label of its own where the endplate is thinner than a voxel. The skin is the outer layer of the lattice, whose
   struts the cage's outline cuts. The cage's own labels take one material in references and solid comparisons. */
enum { SEG_CORTEX = 1, SEG_ENDPLATE, SEG_CANCELLOUS, SEG_RIM, SEG_LATTICE, SEG_SKIN, SEG_METAL, SEG_BORE, SEG_LABELS };
enum { SEG_TISSUES = SEG_CANCELLOUS + 1, SEG_BONES = SEG_RIM + 1 }; /* sizes of arrays by tissue, by label of bone */

/* Bits of a voxel's region; a region of the statistics is a set of bits. */
enum {
  REGION_LOWER = 1,    /* lower vertebra */
  REGION_UPPER = 2,    /* upper vertebra */
  REGION_ENDPLATE = 4, /* bony endplate that faces the cage */
  REGION_SLAB_1 = 8,   /* 0 - 1.25 mm under that endplate */
  REGION_SLAB_5 = 16,  /* 0 - 5 mm under it */
  REGION_CONTACT = 32, /* endplate under the cage's face and 1 mm around it */
  REGION_BONE = 64,    /* bone that takes part in bone statistics: not within one voxel of the implant */
  REGION_CAGE = 128
};

typedef struct SegmentGeometry {
  double voxel_mm, cage_voxel_mm;
  double width_mm, depth_mm, vertebra_mm, cortex_mm, endplate_mm;
  double diameter_mm, cage_mm, wedge_deg, face_mm;
  double skin_mm; /* of the homogenised lattice */
  PetscBool sleeves;
  double sleeve_inner_mm, sleeve_outer_mm, sleeve_deg[2]; /* lower, upper */
} SegmentGeometry;

/* A plane: the inside has (x - point) . normal <= 0. */
typedef struct Plane {
  double point[3], normal[3];
} Plane;

/* Planes of the segment: all normals point up. The faces of the cage as a whole and of its lattice. */
Plane segment_plate(const SegmentGeometry *g);     /* upper face of the upper vertebra; the point is its centre */
Plane segment_cage_top(const SegmentGeometry *g);  /* upper face of the cage */
Plane segment_inner_top(const SegmentGeometry *g); /* ... of its lattice */
double segment_cage_z(const SegmentGeometry *g);   /* lower face of the cage */
double segment_inner_z(const SegmentGeometry *g);  /* ... of its lattice */
double plane_distance(const Plane *p, const double x[3]);
/* Axes of the upper plate: axis[0] lateral, axis[1] anterior, axis[2] the plate's own axis. */
void segment_plate_axes(const SegmentGeometry *g, double axis[3][3]);

/* A shell thinner than a voxel is drawn one voxel thick. share[label][tissue]: the part of the drawn volume that each
   tissue really fills (0 .. 1, their sum is 1), from the closed forms of the ellipses; kernel. */
void segment_shares(const SegmentGeometry *g, double share[SEG_BONES][SEG_TISSUES]);

/* The box of (a); nodes lie on x = 0 and y = 0. */
void segment_box(const SegmentGeometry *g, GridBox *box);
/* Parts of (a), in order, and of the sleeves alone; *n of them, shapes owned by the caller (segment_parts_free). */
enum { SEG_PARTS = 17 };
PetscErrorCode segment_parts(const SegmentGeometry *g, PetscInt *n, Part part[SEG_PARTS]);
PetscErrorCode segment_parts_free(PetscInt n, Part part[SEG_PARTS]);
/* The whole cage; the space of its lattice between the end faces; all sleeves and all bores (as long as the cage, to
   be clipped by it; not to be asked for without sleeves). */
PetscErrorCode segment_cage_shape(const SegmentGeometry *g, Shape **shape);
PetscErrorCode segment_inner_shape(const SegmentGeometry *g, Shape **shape);
PetscErrorCode segment_sleeve_shape(const SegmentGeometry *g, double diameter_mm, Shape **shape);
/* Region bits of n voxels of (a) with those centres and labels. */
PetscErrorCode segment_regions(const SegmentGeometry *g, PetscInt n, const double (*x)[3], const uint8_t *label,
                               uint16_t *region);

#endif
