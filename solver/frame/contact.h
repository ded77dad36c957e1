/* Contact of struts with each other and with plates, without friction: capsules (segments with a radius) and a penalty
   on the penetration. Kernel: plain C, no allocation, cannot fail.

   Forces are the derivative of the energy by the positions (the forces that hold the bodies in place, N, as in
   frame_strut.h), tangents the derivative of the forces (N/mm), exact and symmetric, the motion of the touching points
   along the segments included. Forces are continuous everywhere but where two centrelines meet; tangents too but where
   a touching point runs onto the end of its segment.

   Penalty law. With p the penetration and k, b the stiffness and the band
     p <= 0: E = 0;  p < b: E = k p^3/(6 b), E' = k p^2/(2 b);  else E = k ((p - b/2)^2/2 + b^2/24), E' = k (p - b/2).

   Distance of capsules. The nearest points of two segments jump from one end to the other when the segments turn
   through parallel, and with them the force. The distance D is therefore that of a strictly convex problem,
     D^2 = min over the shares s, t in [0, 1] of |a(s) - b(t)|^2 + w ((s - 1/2)^2 + (t - 1/2)^2),
     w = CONTACT_ROUNDING (ra + rb)^2:
   parallel segments touch in the middle of their overlap, and the touching point goes to the end while the gap between
   both ends changes by about CONTACT_ROUNDING (ra + rb). This is a modelling assumption; the price is that contact
   comes late by at most CONTACT_ROUNDING/4 (ra + rb), and by nothing between the middles. No threshold, and the tangent
   is bounded for all angles: the shares solve a 2 x 2 system of determinant >= w (|u|^2 + |v|^2) + w^2.

   Known limits: where a polyline of segments passes over another the joint belongs to two capsules, so the stiffness
   there is up to twice k; parallel struts touch once for every pair of segments that face each other; struts pushed so
   deep that their centrelines pass through each other come out on the other side.

   Sources: nearest points, Ericson, Real-Time Collision Detection, 2005, section 5.1.9; contact of beams as points with
   the motion of the touching points, Wriggers and Zavarise, Commun. Numer. Meth. Engng 13 (1997) 429-438; its failure
   for parallel beams, Meier, Popp and Wall, Comput. Methods Appl. Mech. Engrg 308 (2016) 377-413. */
#ifndef TRABECULA_SOLVER_FRAME_CONTACT_H
#define TRABECULA_SOLVER_FRAME_CONTACT_H

#include <stdbool.h>

#define CONTACT_ROUNDING 0.05

typedef struct ContactLaw {
  double stiffness; /* k, N/mm a touching pair */
  double band;      /* b > 0, mm; about 0.02 radius lets Newton find the onset without being felt */
} ContactLaw;

/* Stiffness to take for two struts of that radius (mm) that cross, N/mm: pi/4 E* l for two cylinders along a length l
   (Popov, Contact Mechanics and Friction, 2010, chapter 5) with E* = E/(2 (1 - nu^2)) and l = one diameter, hence
   pi E r/(4 (1 - nu^2)), 0.86 E r for nu = 0.3. A modelling assumption: Hertz's crossed cylinders begin softer
   (dF/dp = 2 E* times the contact radius: 0.55 E r at p = r/4), a fully plastic indent is softer still, dF/dp =
   6 pi sigma_y r (mean pressure 3 sigma_y, Johnson, Contact Mechanics, 1985, section 6.3, on an area 2 pi r p). Any
   value between the two is defensible where struts have yielded; results must not hang on it. Against a rigid plate
   twice as much: E* doubles. */
double contact_stiffness(double young_MPa, double poisson, double radius);

/* Distance of two segments a, b [end][xyz] (mm), to about 1e-12 of their lengths (1e-6 where they cross or nearly so),
   with the shares (0 at end 0, 1 at end 1) of the nearest points. Parallel segments: the middle of the overlap;
   segments of length 0 are points of share 1/2. */
double contact_segments(const double a[2][3], const double b[2][3], double share[2]);

typedef struct ContactPair {
  double penetration, energy; /* mm, N mm */
  double share[2];            /* of the touching points on a and b */
  double force[12];           /* on a's end 0 and 1, b's end 0 and 1, three components each */
  double tangent[12][12];
} ContactPair;
/* Capsules around the segments a, b whose radii add up to radii (mm). false: they do not touch, and of pair only
   penetration (minus the gap), energy 0 and share are set. Centrelines that meet in the middles push nowhere. */
bool contact_capsules(const ContactLaw *law, const double a[2][3], const double b[2][3], double radii,
                      ContactPair *pair);

/* A plate's surface. A moving plate carries its point along; the normal points away from the plate. */
typedef struct ContactPlane {
  double point[3], normal[3]; /* mm, unit vector */
} ContactPlane;
typedef struct ContactTouch {
  double penetration, energy; /* mm, N mm */
  double force[3];            /* on the node; the plate gets the opposite */
  double tangent[3][3];
} ContactTouch;
/* Sphere of that radius around x against the plate, along which it slides freely. false: no touch, and only penetration
   (minus the gap) and energy 0 are set. */
bool contact_plane(const ContactLaw *law, const ContactPlane *plane, const double x[3], double radius,
                   ContactTouch *touch);

#endif
