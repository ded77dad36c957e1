/* Where struts meet they overlap in a lump that is stiffer than they are: what of each strut's end is rigid, and how
   much the lump gives way, from radii and directions at the node alone. Kernel. */
#ifndef TRABECULA_SOLVER_FRAME_NODE_ZONE_H
#define TRABECULA_SOLVER_FRAME_NODE_ZONE_H

typedef struct StrutEnd {
  double direction[3]; /* unit vector away from the node */
  double radius;       /* mm, of the strut there */
  double lacks; /* part of its effect on the others that it has not: 0 from a length of two radii on, 1 at none */
} StrutEnd;

typedef struct NodeZone {
  double length; /* mm from the node that move as one rigid body */
  double hinge;  /* mm of the strut whose bending and twist are added at the end of the zone */
  double give;   /* mm of the strut whose stretch is added there; at most length */
} NodeZone;

/* zone[n] of the n strut ends at one node; nothing for a single end and for straight bars in pieces. work [n].

   Reach. Seen from strut j, strut k at the angle theta covers its surface up to r cot(theta/2) cos(phi), phi the angle
   around j away from k; the reach of strut j is the mean over phi of the largest of these and 0: what the strut's end
   loses to its neighbours is (2 pi/3) r^2 times the reach. They are distances of 0 from tangents of the convex hull of
   0 and of points at r cot(theta/2) in the direction of each k across j, whose mean is the hull's perimeter over 2 pi
   (Cauchy). With unequal radii the covers part at
   (r_k + r_j cos(theta)) / sin(theta), for obtuse angles no further than where strut k begins, r_j tan(pi - theta); a
   thinner neighbour covers by r_k/r_j of that, a thicker one all round as far as r_k - r_j. The zone is a fixed part
   of the reach, the hinge a part of the zone that goes with 1 - poisson.

   Give. Pulls P2(cos) of the angle to strut j load it most without changing the lump's volume, and strain the lump
   like a small solid: the part of the zone that stretches grows with the root of the mean square of these pulls,
   weighted with the volumes r_k^2 reach_k. Only what axial pulls can balance counts: the share 1 - sum r_k^2 cos
   P2(cos) / sum r_k^2 cos^2, which is 1 where every strut goes straight on and 0 at the four struts of diamond.

   Hinge and give belong to no more of a zone than two radii of the strut: a thin strut sits firmly in a thick one.
   The three parts are calibrated (node_zone.c). */
void node_zones(int n, const StrutEnd *end, double poisson, NodeZone *zone, double (*work)[2]);

#endif
