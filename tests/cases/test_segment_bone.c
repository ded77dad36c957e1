/* Shells thinner than a voxel: the bone of a segment has the volumes and the mass of its real geometry at any
   resolution, its tissues carry their own stresses, and their energies add up to that of the body that was solved.
   ranks: 1 2 */
#include "tests/cases/answer.h"
#include "tests/cases/segment_case.h"

#include "cases/runners/segment_report.h"

typedef struct Small { /* a case, its segment and its bone */
  char folder[64];
  Case c;
  SegmentTask task;
  Segment s;
  BoneField bone;
} Small;

static void small_open(const char *const *set, Small *m) {
  static char *list[16]; /* the case borrows it */
  char file[128];
  int n = 0;
  Elasticity material[256];
  Variant v = {.kind = VARIANT_OWN};
  folder_open(m->folder);
  folder_put(m->folder, "case.yaml", segment_text);
  snprintf(file, sizeof file, "%s/case.yaml", m->folder);
  for (; *set; set++)
    list[n++] = (char *)*set;
  CHECK_OK(case_read(PETSC_COMM_WORLD, file, n, list, &m->c));
  CHECK_OK(segment_task_read(&m->c, NULL, &m->task));
  v.lattice = v.skin = elasticity_cubic(3000, 1000, 800);
  v.metal = m->task.cage.c;
  variant_materials(&m->task, &v, material);
  CHECK_OK(segment_create(&m->c, &m->task.geometry, m->task.force_N, m->task.moment_Nmm, material, NULL, &m->s));
  CHECK_OK(bone_field_create(&m->task, &m->s, &m->bone));
}

static void small_close(Small *m) {
  CHECK_OK(bone_field_destroy(&m->bone));
  CHECK_OK(segment_destroy(&m->s));
  CHECK_OK(case_free(&m->c));
  folder_close(m->folder);
}

/* Two vertebrae 30 x 24 x 18 mm with a shell and endplates of these thicknesses, in voxels of voxel_mm. */
static void bone_of(const char *voxel_mm, double shell, double plate, double volume[SEG_TISSUES], double *mass) {
  char text[4][64];
  Small m;
  snprintf(text[0], 64, "resolution.voxel_mm=%s", voxel_mm);
  snprintf(text[1], 64, "vertebra={width_mm: 30, depth_mm: 24, height_mm: 18}");
  snprintf(text[2], 64, "vertebra.cortex_mm=%g", shell);
  snprintf(text[3], 64, "vertebra.endplate_mm=%g", plate);
  const char *const set[] = {text[0], text[1], text[2], text[3], "cage.wedge_deg=3", NULL};
  small_open(set, &m);
  CHECK_OK(bone_amount(&m.s, &m.bone, volume, mass));
  small_close(&m);
}

/* The closed forms: an elliptic ring over the height between the endplates, plates over the whole section, the core. */
static void real_volumes(void **state) {
  static const struct {
    const char *voxel_mm;
    double shell, plate, rtol; /* of the voxels: a boundary cut by cubes, thin against them */
  } row[] = {{"1", 0.5, 1, 0.03}, {"0.5", 0.5, 1, 0.03}, {"1", 0.5, 0.5, 0.03}, {"1", 0.25, 0.6, 0.03}};
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    double t = row[i].shell, e = row[i].plate, a = 15, b = 12, H = 18, volume[SEG_TISSUES], mass;
    double core = 2 * PETSC_PI * (a - t) * (b - t) * (H - 2 * e), plates = 4 * PETSC_PI * a * b * e;
    double ring = 2 * PETSC_PI * (a * b - (a - t) * (b - t)) * (H - 2 * e), light = pow(100 / 4730., 1 / 1.56);
    bone_of(row[i].voxel_mm, t, e, volume, &mass);
    CHECK_NEAR(volume[SEG_CORTEX], ring, row[i].rtol, "2 pi (ab - (a - t)(b - t))(H - 2e)");
    CHECK_NEAR(volume[SEG_ENDPLATE], plates, row[i].rtol, "4 pi a b e");
    CHECK_NEAR(volume[SEG_CANCELLOUS], core, row[i].rtol, "2 pi (a - t)(b - t)(H - 2e)");
    double endplate = pow(1000 / 4730., 1 / 1.56); /* Morgan's law, where the material file has no density */
    CHECK_NEAR(mass, 1e-3 * (1.9 * ring + endplate * plates + light * core), row[i].rtol, "volumes by densities");
  }
}

static void energies_add_up(void **state) {
  static const char *const set[] = {"vertebra.cortex_mm=0.4", NULL};
  Small m;
  Elasticity material[256];
  Variant v = {.kind = VARIANT_OWN};
  (void)state;
  small_open(set, &m);
  v.lattice = v.skin = elasticity_cubic(3000, 1000, 800);
  v.metal = m.task.cage.c;
  variant_materials(&m.task, &v, material);
  CHECK_OK(segment_solve(&m.s, material, "own", NULL));
  for (int i = 0; i < LOAD_CASES; i++) {
    double sum = 0, work = 0, h = m.s.geometry->voxel_mm;
    CHECK_OK(segment_show(&m.s, i));
    CHECK_OK(bone_show(&m.task, &m.s, &m.bone));
    for (PetscInt k = 0; k < m.bone.n; k++)
      sum += (double)m.bone.volume[k] * m.bone.energy[k];
    for (PetscInt k = 0; k < m.s.n; k++)
      sum += m.s.label[k] > SEG_RIM ? h * h * h * m.s.energy[k] : 0;
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, PETSC_COMM_WORLD);
    for (int a = 0; a < 6; a++)
      work += m.s.load[i][a] * m.s.motion[i][a] / 2;
    CHECK_NEAR(sum, work, 1e-6, "Clapeyron: the energies of all tissues and of the cage are half the work of the load");
  }
  small_close(&m);
}

/* A thin shell under the strain of its voxel has the stress of cortical bone, not of the mixture. */
static void stresses_of_tissues(void **state) {
  static const char *const set[] = {"cage.wedge_deg=0", NULL};
  const double strain = 1e-3;
  Small m;
  int found[SEG_TISSUES] = {0};
  (void)state;
  small_open(set, &m);
  for (PetscInt k = 0; k < m.s.n; k++) {
    for (int a = 0; a < 6; a++)
      m.s.strain[k][a] = (float)(a == 3 ? strain : 0); /* pure shear: G gamma */
    m.s.energy[k] = 1;
  }
  CHECK_OK(bone_show(&m.task, &m.s, &m.bone));
  for (PetscInt k = 0; k < m.bone.n; k++) {
    const Material *tissue = &m.task.bone[m.bone.tissue[k]];
    double shear = tissue->young_MPa / (2 * (1 + tissue->poisson)) * strain;
    CHECK_NEAR(m.bone.mises[k], sqrt(3) * shear, 1e-6, "von Mises of a pure shear: sqrt(3) G gamma");
    found[m.bone.tissue[k]] = 1;
  }
  assert_true(found[SEG_CORTEX] && found[SEG_ENDPLATE] && found[SEG_CANCELLOUS]);
  small_close(&m);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(real_volumes),
    cmocka_unit_test(energies_add_up),
    cmocka_unit_test(stresses_of_tissues),
};
CHECK_MAIN(tests)
