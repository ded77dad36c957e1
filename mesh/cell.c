#include "mesh/cell.h"
#include <string.h>

/* Coordinates are quarters of the cell edge and so exact in binary; names follow the crystals of the same graph. */

/* Nodes 0-3 join eight struts, the others four: the graph of fluorite, struts along <111>. */
static const double rhombic_dodecahedron_node[][3] = {{0.5, 0, 0},        {0, 0.5, 0},        {0, 0, 0.5},
                                                      {0.5, 0.5, 0.5},    {0.25, 0.25, 0.25}, {0.25, 0.25, 0.75},
                                                      {0.25, 0.75, 0.25}, {0.25, 0.75, 0.75}, {0.75, 0.25, 0.25},
                                                      {0.75, 0.25, 0.75}, {0.75, 0.75, 0.25}, {0.75, 0.75, 0.75}};
static const CellStrut rhombic_dodecahedron_strut[] = {
    {0, 7, {0, -1, -1}},  {0, 6, {0, -1, 0}},   {0, 5, {0, 0, -1}},   {0, 4, {0, 0, 0}},   {0, 11, {0, -1, -1}},
    {0, 10, {0, -1, 0}},  {0, 9, {0, 0, -1}},   {0, 8, {0, 0, 0}},    {1, 9, {-1, 0, -1}}, {1, 8, {-1, 0, 0}},
    {1, 11, {-1, 0, -1}}, {1, 10, {-1, 0, 0}},  {1, 5, {0, 0, -1}},   {1, 4, {0, 0, 0}},   {1, 7, {0, 0, -1}},
    {1, 6, {0, 0, 0}},    {2, 10, {-1, -1, 0}}, {2, 11, {-1, -1, 0}}, {2, 8, {-1, 0, 0}},  {2, 9, {-1, 0, 0}},
    {2, 6, {0, -1, 0}},   {2, 7, {0, -1, 0}},   {2, 4, {0, 0, 0}},    {2, 5, {0, 0, 0}},   {3, 4, {0, 0, 0}},
    {3, 5, {0, 0, 0}},    {3, 6, {0, 0, 0}},    {3, 7, {0, 0, 0}},    {3, 8, {0, 0, 0}},   {3, 9, {0, 0, 0}},
    {3, 10, {0, 0, 0}},   {3, 11, {0, 0, 0}}};

/* Struts along <111> from the corners to the centre. */
static const double body_centred_node[][3] = {{0, 0, 0}, {0.5, 0.5, 0.5}};
static const CellStrut body_centred_strut[] = {{0, 1, {-1, -1, -1}}, {0, 1, {-1, -1, 0}}, {0, 1, {-1, 0, -1}},
                                               {0, 1, {-1, 0, 0}},   {0, 1, {0, -1, -1}}, {0, 1, {0, -1, 0}},
                                               {0, 1, {0, 0, -1}},   {0, 1, {0, 0, 0}}};

/* Struts along the cell edges. */
static const double simple_node[][3] = {{0, 0, 0}};
static const CellStrut simple_strut[] = {{0, 0, {1, 0, 0}}, {0, 0, {0, 1, 0}}, {0, 0, {0, 0, 1}}};

/* Every nearest-neighbour pair of the face-centred cubic lattice: tetrahedra and octahedra. */
static const double octet_node[][3] = {{0, 0, 0}, {0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}};
static const CellStrut octet_strut[] = {
    {0, 3, {-1, -1, 0}}, {0, 2, {-1, 0, -1}}, {0, 2, {-1, 0, 0}}, {0, 3, {-1, 0, 0}}, {0, 1, {0, -1, -1}},
    {0, 1, {0, -1, 0}},  {0, 1, {0, 0, -1}},  {0, 1, {0, 0, 0}},  {0, 3, {0, -1, 0}}, {0, 2, {0, 0, -1}},
    {0, 2, {0, 0, 0}},   {0, 3, {0, 0, 0}},   {1, 2, {-1, 0, 0}}, {1, 3, {-1, 0, 0}}, {1, 3, {-1, 0, 1}},
    {1, 2, {-1, 1, 0}},  {1, 2, {0, 0, 0}},   {1, 3, {0, 0, 0}},  {1, 3, {0, 0, 1}},  {1, 2, {0, 1, 0}},
    {2, 3, {0, -1, 0}},  {2, 3, {0, -1, 1}},  {2, 3, {0, 0, 0}},  {2, 3, {0, 0, 1}}};

/* Every nearest-neighbour pair of diamond; four struts a node. */
static const double diamond_node[][3] = {{0, 0, 0},          {0, 0.5, 0.5},      {0.5, 0, 0.5},
                                         {0.5, 0.5, 0},      {0.25, 0.25, 0.25}, {0.25, 0.75, 0.75},
                                         {0.75, 0.25, 0.75}, {0.75, 0.75, 0.25}};
static const CellStrut diamond_strut[] = {
    {0, 4, {0, 0, 0}}, {0, 7, {-1, -1, 0}}, {0, 6, {-1, 0, -1}}, {0, 5, {0, -1, -1}},
    {1, 5, {0, 0, 0}}, {1, 6, {-1, 0, 0}},  {1, 7, {-1, 0, 0}},  {1, 4, {0, 0, 0}},
    {2, 6, {0, 0, 0}}, {2, 5, {0, -1, 0}},  {2, 4, {0, 0, 0}},   {2, 7, {0, -1, 0}},
    {3, 7, {0, 0, 0}}, {3, 4, {0, 0, 0}},   {3, 5, {0, 0, -1}},  {3, 6, {0, 0, -1}}};

/* Edges of the truncated octahedra around the points of a body-centred cubic lattice; four struts a node. */
static const double kelvin_node[][3] = {{0, 0.25, 0.5}, {0, 0.5, 0.25}, {0, 0.5, 0.75}, {0, 0.75, 0.5},
                                        {0.25, 0, 0.5}, {0.25, 0.5, 0}, {0.5, 0, 0.25}, {0.5, 0, 0.75},
                                        {0.5, 0.25, 0}, {0.5, 0.75, 0}, {0.75, 0, 0.5}, {0.75, 0.5, 0}};
static const CellStrut kelvin_strut[] = {
    {0, 10, {-1, 0, 0}}, {0, 1, {0, 0, 0}},  {0, 2, {0, 0, 0}},   {0, 4, {0, 0, 0}},  {1, 11, {-1, 0, 0}},
    {1, 3, {0, 0, 0}},   {1, 5, {0, 0, 0}},  {2, 11, {-1, 0, 1}}, {2, 3, {0, 0, 0}},  {2, 5, {0, 0, 1}},
    {3, 10, {-1, 1, 0}}, {3, 4, {0, 1, 0}},  {4, 6, {0, 0, 0}},   {4, 7, {0, 0, 0}},  {5, 8, {0, 0, 0}},
    {5, 9, {0, 0, 0}},   {6, 9, {0, -1, 0}}, {6, 8, {0, 0, 0}},   {6, 10, {0, 0, 0}}, {7, 9, {0, -1, 1}},
    {7, 8, {0, 0, 1}},   {7, 10, {0, 0, 0}}, {8, 11, {0, 0, 0}},  {9, 11, {0, 0, 0}}};

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define GRAPH(cell) COUNT(cell##_node), COUNT(cell##_strut), cell##_node, cell##_strut

/* Radii: where the spheres touch follows from the symmetry of each pore and window. Volumes: L pi s^2 / 4 with L the
   length of the struts of a cell, less what a strut end loses to its neighbours: (r^3 / 3) times the integral over the
   angle around the strut of max(cot(psi / 2) cos phi), psi the angle to a neighbour and phi the angle around the strut
   away from it; exact until the losses of the two ends meet. For the rhombic dodecahedron that is Eq. 1 with
   r/a = (2 / sqrt 3) s. The tests find the same numbers by search and by integration. */
const Cell cells[] = {
    {"rhombic-dodecahedron",
     "edges of space-filling rhombic dodecahedra; struts along <111>, sqrt(3)/4 cell (Eqs. 1-3)",
     GRAPH(rhombic_dodecahedron), /* sqrt(1/6), sqrt(1/24); 2 sqrt(3) pi, 6 sqrt(6), 1/sqrt(6) */
     0.40824829046386302, 0.20412414523193151, 10.882796185405306, 14.696938456699067, 0.40824829046386307, true, true},
    {"body-centred-cubic", "struts along <111> from the corners of the cell to its centre, sqrt(3)/2 cell",
     GRAPH(body_centred), /* sqrt(1/6), sqrt(1/8); sqrt(3) pi, 2 sqrt(6), sqrt(1/2) */
     0.40824829046386302, 0.35355339059327379, 5.4413980927026531, 4.8989794855663558, 0.70710678118654757, true, true},
    {"simple-cubic", "struts along the edges of the cell", GRAPH(simple), /* sqrt(1/2), 1/2; 3 pi / 4, sqrt(2), 1 */
     0.70710678118654757, 0.5, 2.3561944901923448, 1.4142135623730951, 1, false, true},
    {"octet", "face-centred octet truss: struts along <110>, sqrt(2)/2 cell, twelve at a node (Deshpande et al. 2001)",
     GRAPH(octet), /* sqrt(1/8), sqrt(1/24); 3 sqrt(2) pi, 8 (1 + sqrt(2)), 1/sqrt(6) */
     0.35355339059327379, 0.20412414523193151, 13.3286488144751, 19.313708498984759, 0.40824829046386307, false, true},
    {"diamond", "bonds of the diamond crystal; struts along <111>, sqrt(3)/4 cell, four at a node",
     GRAPH(diamond), /* sqrt(1/6), sqrt(1/8); sqrt(3) pi, 2 sqrt(6), sqrt(1/2) */
     0.40824829046386302, 0.35355339059327379, 5.4413980927026531, 4.8989794855663558, 0.70710678118654757, false,
     true},
    {"kelvin", "edges of space-filling truncated octahedra; struts along <110>, sqrt(2)/4 cell (Kelvin 1887)",
     GRAPH(kelvin), /* 3 sqrt(2)/8, sqrt(6)/8; 3 sqrt(2) pi / 2, 16 sqrt(2) / 3, sqrt(1/8) */
     0.53033008588991071, 0.30618621784789724, 6.66432440723755, 7.5424723326565077, 0.35355339059327379, false, true},
};
const int n_cells = COUNT(cells);

const Cell *cell_find(const char *name) {
  for (int i = 0; i < n_cells; i++)
    if (!strcmp(cells[i].name, name))
      return &cells[i];
  return NULL;
}
