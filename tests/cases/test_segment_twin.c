/* Every quantity of a small segment once more, from its arrays by plain loops: the formulas are written out here, not
   taken from the program. What comes from the program: grid, labels, displacements, strains and energies of the voxels,
   the cage's homogenised constants, samples of stress in the struts of the resolved cage. A quantity of the summary
   that no twin was computed for fails the test. */
#include "tests/cases/segment_twin.h"

/* ---- the load cases of the case's own cage ---- */

static void load_of(int i, double load[6]) {
  static const int axis[CASES] = {0, 0, 0, 1, 2};
  static const double size[CASES] = {0, -1, 1, 1, 1};
  double e[3][3];
  axes(e);
  for (int a = 0; a < 3; a++) {
    load[a] = -force_N * e[2][a];
    load[3 + a] = size[i] * moment_Nmm * e[axis[i]][a];
  }
}

static void check_motions(const Answer *answer, Segment *s) {
  static const int axis[CASES] = {0, 0, 0, 1, 2};
  static const double sign[CASES] = {1, -1, 1, 1, 1};
  double e[3][3], motion[CASES][6];
  axes(e);
  for (int i = 0; i < CASES; i++) {
    double load[6];
    load_of(i, load);
    solve6(s->stiffness, load, motion[i]);
    double travel = -along(motion[i], e[2]), turn = sign[i] * along(motion[i] + 3, e[axis[i]]);
    same(answer, travel, 1e-8, "%s.travel_mm", case_name[i]);
    if (!i) {
      same(answer, force_N / travel, 1e-8, "compression.stiffness_N_per_mm");
      continue;
    }
    double alone = turn - sign[i] * along(motion[0] + 3, e[axis[i]]);
    same(answer, turn / degree, 1e-8, "%s.turn_deg", case_name[i]);
    same(answer, 1e-3 * moment_Nmm / (alone / degree), 1e-8, "%s.stiffness_Nm_per_deg", case_name[i]);
  }
}

static void check_bone(const Answer *answer) {
  static const unsigned side[2] = {LOWER, UPPER};
  static const char *const side_name[2] = {"lower", "upper"};
  static const unsigned part[4] = {PLATE, SLAB1, SLAB5, 0};
  static const char *const part_name[4] = {"endplate", "slab_1mm", "slab_5mm", "whole"};
  double volume[4] = {0}, mass = 0;
  for (int i = 0; i < CASES; i++)
    for (int v = 0; v < 2; v++) {
      double all = 0, beyond = 0;
      for (int p = 0; p < n_pieces; p++)
        if ((piece[p].region & side[v]) && (piece[p].region & SLAB5)) {
          all += piece[p].volume;
          beyond += piece[p].volume * (state[0].mises[i][p] > piece[p].strength);
        }
      same(answer, 100 * beyond / all, 1e-6, "%s.%s.bone_beyond_strength_pct", case_name[i], side_name[v]);
      same(answer, mean_over(side[v] | TOUCH, state[0].mises[i]), 1e-5, "%s.%s.endplate_mean_MPa", case_name[i],
           side_name[v]);
      same(answer, fractile_over(side[v] | TOUCH, state[0].mises[i], 0.99), 1e-5, "%s.%s.endplate_peak_MPa",
           case_name[i], side_name[v]);
      for (int r = 0; r < 4; r++) /* 1 MPa = 1e6 J/m3 = 1000 kJ/m3 */
        same(answer, 1000 * mean_over(side[v] | part[r] | FREE, state[0].energy[i]), 1e-5,
             "%s.%s.%s.energy_density_kJ_per_m3", case_name[i], side_name[v], part_name[r]);
    }
  for (int p = 0; p < n_pieces; p++) {
    volume[piece[p].tissue] += piece[p].volume;
    mass += piece[p].volume * piece[p].density / 1000; /* 1 mm3 of 1 g/cm3 is 1 mg */
  }
  same(answer, volume[SEG_CORTEX], 1e-5, "bone.cortical.volume_mm3");
  same(answer, volume[SEG_ENDPLATE], 1e-5, "bone.endplate.volume_mm3");
  same(answer, volume[SEG_CANCELLOUS], 1e-5, "bone.cancellous.volume_mm3");
  same(answer, mass, 1e-5, "bone.mass_g");
}

/* ---- what every cage does to the bone ---- */

/* The skin of the lattice from the losses of the cut frame (tests/cases/test_segment_surface.c): least squares over
   tension, bending and torsion of a ring a quarter of a cell thick. */
static void check_skin(const Answer *answer, const Variant *variant) {
  static const char *const name[3] = {"axial", "bending", "torsion"};
  const double q = (R - 4.5 / 4) / R, part[3] = {1 - q * q, 1 - q * q * q * q, 1 - q * q * q * q};
  double up = 0, down = 0;
  for (int i = 0; i < 3; i++) {
    same(answer, variant->surface.cut[i], 1e-8, "surface.own.%s", name[i]);
    up += part[i] * (1 - variant->surface.cut[i]);
    down += part[i] * part[i];
  }
  same(answer, 1 - up / down, 1e-8, "surface.own.skin");
  CHECK_NEAR(variant->skin.C44, (1 - up / down) * variant->lattice.C44, 1e-8, "the skin is a softer lattice");
}

static void check_state(const Answer *answer, const State *v, const Variant *variant) {
  static double S[PIECES];
  static const char *const window_name[5] = {"below_200", "200_1500", "1500_3000", "3000_4000", "above_4000"};
  static const double pct[5] = {5, 25, 50, 75, 95};
  double window[5] = {0}, all = 0, slab = 0;
  const Elasticity *c = &variant->lattice;
  for (int p = 0; p < n_pieces; p++) {
    S[p] = 1e6 * v->mean[p] / (1000 * piece[p].density); /* J/m3 over kg/m3 */
    if (!(piece[p].region & FREE))
      continue;
    double strain = 1e6 * sqrt(2 * v->mean[p] / piece[p].young);
    window[(strain >= 200) + (strain >= 1500) + (strain >= 3000) + (strain >= 4000)] += piece[p].volume;
    all += piece[p].volume;
  }
  for (int w = 0; w < 5; w++) {
    same(answer, 100 * window[w] / all, 1e-6, "bone.%s.strain_%s_pct", variant->name, window_name[w]);
    same(answer, fractile_over(FREE, S, pct[w] / 100), 1e-5, "bone.%s.stimulus_p%.0f_J_per_kg", variant->name, pct[w]);
  }
  for (int i = 0; i < CASES; i++)
    slab += 1000 * (mean_over(LOWER | SLAB5 | FREE, v->energy[i]) + mean_over(UPPER | SLAB5 | FREE, v->energy[i])) /
            (2 * CASES);
  same(answer, slab, 1e-5, "bone.%s.slab_5mm.energy_density_kJ_per_m3", variant->name);
  double E = c->C33 - 2 * c->C13 * c->C13 / (c->C11 + c->C12); /* cubic: stress along z, none across */
  same(answer, E / 1000, 1e-9, "bone.%s.E_GPa", variant->name);
  if (variant->kind != VARIANT_OWN)
    return;
  const double factor[3] = {0.202, 0.140, 0.291}; /* materials/tantalum-sebm.yaml */
  same(answer, E / factor[0], 1e-9, "lattice_E_designed_MPa");
  same(answer, E, 1e-9, "lattice_E_printed_MPa");
  same(answer, E / factor[0] * factor[1], 1e-9, "lattice_E_printed_lo_MPa");
  same(answer, E / factor[0] * factor[2], 1e-9, "lattice_E_printed_hi_MPa");
  check_skin(answer, variant);
}

static void check_pair(const Answer *answer, const State *v, const State *zero, const char *name, const char *of) {
  static const unsigned bits[8] = {LOWER | PLATE, LOWER | SLAB1, LOWER | SLAB5, LOWER,
                                   UPPER | PLATE, UPPER | SLAB1, UPPER | SLAB5, UPPER};
  static const char *const region[8] = {"lower.endplate", "lower.slab_1mm", "lower.slab_5mm", "lower.whole",
                                        "upper.endplate", "upper.slab_1mm", "upper.slab_5mm", "upper.whole"};
  double mass = 0, lost = 0, gained = 0;
  for (int p = 0; p < n_pieces; p++)
    if (piece[p].region & FREE) {
      double m = piece[p].density * piece[p].volume, S = v->mean[p] / piece[p].density,
             S0 = zero->mean[p] / piece[p].density;
      mass += m;
      lost += S < (1 - s_zone) * S0 ? m : 0;
      gained += S > (1 + s_zone) * S0 ? m : 0;
    }
  same(answer, 100 * lost / mass, 1e-6, "shielding.%s.%s.resorbed_pct", of, name);
  same(answer, 100 * gained / mass, 1e-6, "shielding.%s.%s.formed_pct", of, name);
  for (int r = 0; r < 8; r++) {
    double stress = 0, stress0 = 0, all = 0, dead = 0;
    for (int i = 0; i < CASES; i++) {
      stress += mean_over(bits[r] | FREE, v->mises[i]) / CASES;
      stress0 += mean_over(bits[r] | FREE, zero->mises[i]) / CASES;
    }
    for (int p = 0; p < n_pieces; p++)
      if ((piece[p].region & (bits[r] | FREE)) == (bits[r] | FREE)) {
        all += piece[p].volume;
        dead += v->mean[p] < (1 - s_zone) * zero->mean[p] ? piece[p].volume : 0;
      }
    /* a difference of two nearly equal stresses: to their rounding */
    double got = answer_value(
        answer, (snprintf(seen[n_seen], 120, "shielding.%s.%s.%s.ssi", of, name, region[r]), seen[n_seen]));
    CHECK_BELOW(fabs(got - (stress0 - stress) / stress0), 1e-5, "(stress of the reference - stress) over the former");
    n_seen++;
    same(answer, 100 * dead / all, 1e-6, "shielding.%s.%s.%s.dead_pct", of, name, region[r]);
  }
}

/* ---- the resolved cage ---- */

/* Least squares of a rigid motion about `at` of the nodes within half a voxel of the plane through the axis at z
   (upper: inclined), inside the cage, half a voxel off the bores; returns the root mean square of what is left. */
static double face_motion(const Segment *s, int upper, const double at[3], double motion[6]) {
  double normal[6][6] = {{0}}, right[6] = {0}, left = 0;
  int n = 0;
  const PetscScalar *u;
  CHECK_OK(VecGetArrayRead(s->u, &u));
  for (int pass = 0; pass < 2; pass++) {
    for (int k = 0; k < s->grid->nodes_owned; k++) {
      const double *x = s->node[k], *v = u + 3 * k;
      double d = upper ? over(x, V + H) + face_mm : x[2] - V - face_mm, bore = HUGE_VAL;
      for (int b = 0; b < 2; b++) { /* axes through the centres of the cage's faces, up and down to x > 0 */
        double z = x[2] - (b ? V + H : V), angle = (b ? -45 : 30) * degree;
        double across = z * cos(angle) - x[0] * sin(angle);
        bore = fmin(bore, hypot(across, x[1]) - 1);
      }
      if (!(d > -h / 2 && d <= h / 2 && hypot(x[0], x[1]) <= R && bore > h / 2))
        continue;
      double r[3] = {x[0] - at[0], x[1] - at[1], x[2] - at[2]};
      const double row[3][6] = {
          {1, 0, 0, 0, r[2], -r[1]}, {0, 1, 0, -r[2], 0, r[0]}, {0, 0, 1, r[1], -r[0], 0}}; /* t + w x r */
      for (int c = 0; c < 3; c++) {
        double miss = v[c];
        for (int i = 0; i < 6; i++) {
          miss -= pass ? row[c][i] * motion[i] : 0;
          right[i] += pass ? 0 : row[c][i] * v[c];
          for (int j = 0; j < 6 && !pass; j++)
            normal[i][j] += row[c][i] * row[c][j];
        }
        left += pass ? miss * miss : 0;
      }
      n += pass;
    }
    if (!pass)
      solve6(normal, right, motion);
  }
  CHECK_OK(VecRestoreArrayRead(s->u, &u));
  return sqrt(left / n);
}

static void take_motion(Segment *s, int i, CageTask *cage, double *rms) {
  const double at[3] = {0, -face_mm * sin(tilt), V + H - face_mm * cos(tilt)};
  const double *head = s->grip[1].at;
  double low[6], high[6], load[6];
  double rms_low = face_motion(s, 0, at, low), rms_high = face_motion(s, 1, at, high);
  *rms = fmax(rms_low, rms_high);
  load_of(i, load);
  double arm[3] = {head[0] - at[0], head[1] - at[1], head[2] - at[2]};
  for (int a = 0; a < 3; a++) {
    int b = (a + 1) % 3, c = (a + 2) % 3;
    cage->force[i][a] = load[a];
    cage->force[i][3 + a] = load[3 + a] + arm[b] * load[c] - arm[c] * load[b];
  }
  for (int a = 0; a < 6; a++)
    cage->motion[i][a] = high[a] - low[a];
}

/* Percentiles and safety factor of one model under one drive; across: voxels across a strut, 0 for the frame; sample:
 * what the model calls von Mises, with volumes. */
static void check_drive(const Answer *answer, int i, double across, int by_force, int n, Pair *sample) {
  const char *model = across > 0 ? "voxel" : "frame";
  const double yield_MPa = 331; /* materials/tantalum-sebm.yaml */
  const char *drive = by_force ? "" : "by_motion.";
  double p95 = fractile(n, sample, 0.95), p999 = fractile(n, sample, 0.999);
  same(answer, p95, 1e-5, "%s.%s.%sstrut_mises_p95_MPa", case_name[i], model, drive);
  same(answer, p999, 1e-5, "%s.%s.%sstrut_mises_p999_MPa", case_name[i], model, drive);
  assert_true(p999 > p95);
  if (!by_force)
    return;
  same(answer, yield_MPa / p999, 1e-5, "%s.%s.margin_to_yield", case_name[i], model);
  Bounds mesh = discretisation_single(across > 0 ? MESH_SOFTENED : MESH_FRAME, CONVERGES_STRESS, across, p999);
  same(answer, yield_MPa / mesh.hi, 1e-5, "%s.%s.margin_to_yield_mesh_lo", case_name[i], model);
  same(answer, yield_MPa / mesh.lo, 1e-5, "%s.%s.margin_to_yield_mesh_hi", case_name[i], model);
}

/* How much more the cage carries under the faces' motion than what goes through it in the segment, along that. */
static void check_excess(const Answer *answer, const CageTask *cage, int i, const char *model, double stiffness[6][6]) {
  int first = i ? 3 : 0;
  double there = 0, here = 0;
  for (int a = first; a < first + 3; a++) {
    double f = 0;
    for (int b = 0; b < 6; b++)
      f += stiffness[a][b] * cage->motion[i][b];
    there += f * cage->force[i][a];
    here += cage->force[i][a] * cage->force[i][a];
  }
  same(answer, 100 * (there - here) / here, 1e-6, "%s.%s.force_over_segment_pct", case_name[i], model);
}

static void check_voxel_cage(const Answer *answer, const CageTask *cage) {
  VoxelBody *body;
  Pair *pair;
  CHECK_OK(cage_voxel_body(cage, NULL, &body));
  CHECK_OK(PetscMalloc1(body->n, &pair));
  for (int i = 0; i < CASES; i++) {
    double motion[2][6];
    memcpy(motion[0], cage->motion[i], sizeof motion[0]);
    solve6(body->stiffness, cage->force[i], motion[1]);
    check_excess(answer, cage, i, "voxel", body->stiffness);
    for (int d = 0; d < 2; d++) {
      int n = 0;
      CHECK_OK(voxel_body_show(body, motion[d]));
      for (int k = 0; k < body->n; k++)
        if (body->region[k] == CAGE_STRUT)
          pair[n++] = (Pair){body->mises[k], body->solid[k]};
      check_drive(answer, i, cage->design->strut_mm / body->grid->box.voxel_mm, d, n, pair);
    }
  }
  CHECK_OK(PetscFree(pair));
}

/* Struts of the lattice, cut or not, of which some point lies beyond yield, per cent; n samples, strut by strut. */
static double above_yield(const Graph *graph, const Pair *sample) {
  const double yield_MPa = 331; /* materials/tantalum-sebm.yaml */
  int all = 0, above = 0;
  for (int s = 0; s < graph->n_struts; s++) {
    int first = 1, yields = 0;
    for (int t = 0; t < graph->n_struts; t++) {
      if ((graph->origin ? graph->origin[t] : t) != (graph->origin ? graph->origin[s] : s))
        continue;
      first = first && t >= s;
      for (int k = 0; k < STRUT_SAMPLES; k++)
        yields = yields || sample[t * STRUT_SAMPLES + k].value > yield_MPa;
    }
    all += first;
    above += first && yields;
  }
  return 100. * above / all;
}

static void check_frame_cage(const Answer *answer, const CageTask *cage) {
  Graph graph;
  FrameBody body;
  SolveInfo info[6];
  Pair *pair;
  CHECK_OK(cage_frame_body(cage, NULL, &graph, &body, info));
  const int n = STRUT_SAMPLES * graph.n_struts;
  CHECK_OK(PetscMalloc1(n, &pair));
  for (int i = 0; i < CASES; i++) {
    double motion[2][6];
    memcpy(motion[0], cage->motion[i], sizeof motion[0]);
    solve6(body.stiffness, cage->force[i], motion[1]);
    check_excess(answer, cage, i, "frame", body.stiffness);
    for (int d = 0; d < 2; d++) {
      CHECK_OK(frame_body_show(&body, motion[d]));
      for (int s = 0; s < graph.n_struts; s++) {
        const RoundStrut strut = frame_strut(&graph, s);
        float mises[STRUT_SAMPLES], volume[STRUT_SAMPLES];
        strut_samples(&body.section[s], &strut, graph_strut(&graph, s, NULL), mises, volume);
        for (int k = 0; k < STRUT_SAMPLES; k++)
          pair[s * STRUT_SAMPLES + k] = (Pair){mises[k], volume[k]};
      }
      if (d) /* before the samples are sorted */
        same(answer, above_yield(&graph, pair), 1e-9, "%s.frame.struts_above_yield_pct", case_name[i]);
      check_drive(answer, i, 0, d, n, pair);
    }
  }
  CHECK_OK(PetscFree(pair));
  CHECK_OK(frame_body_destroy(&body));
  CHECK_OK(graph_free(&graph));
}

/* Solves the segment with one cage and fills its state; of the own cage (k = 0) the motions are checked on the way. */
static void fill_state(const Answer *answer, const SegmentTask *task, Segment *s, const Variant *v, int k,
                       CageTask *cage) {
  Elasticity material[256];
  variant_materials(task, v, material);
  for (int l = SEG_CORTEX; l <= SEG_RIM; l++) { /* the stiffness of the bone is that of its tissues */
    Elasticity c = {0};
    for (int t = SEG_CORTEX; t <= SEG_CANCELLOUS; t++)
      elasticity_add(&c, share(l, t), &task->bone[t].c);
    material[l] = c;
  }
  CHECK_OK(segment_solve(s, material, "twin", NULL));
  if (!k)
    check_motions(answer, s);
  memset(&state[k], 0, sizeof state[k]);
  for (int i = 0; i < CASES; i++) {
    double rms;
    CHECK_OK(segment_show(s, i));
    fill_case(task, s, &state[k], i);
    if (k)
      continue;
    take_motion(s, i, cage, &rms);
    same(answer, 1000 * rms, 1e-5, "%s.face_rms_um", case_name[i]);
  }
}

/* Every quantity but the residuals of the solves has had its twin. */
static void all_seen(const Answer *answer) {
  const char *name;
  json_t *value;
  json_object_foreach(json_object_get(answer->summary, "quantities"), name, value) {
    int found = !strncmp(name, "balance.", 8) || !strncmp(name, "superposition.", 14);
    for (int i = 0; i < n_seen && !found; i++)
      found = !strcmp(name, seen[i]);
    if (!found)
      fail_msg("the quantity '%s' has no twin", name);
  }
}

static void every_quantity(void **unused) {
  Answer answer;
  Case c;
  SegmentTask task;
  Segment s;
  PetscInt n;
  Elasticity material[256];
  static Variant variant[VARIANTS];
  char file[128];
  (void)unused;
  answer_open(segment_text, NULL, &answer);
  snprintf(file, sizeof file, "%s/case.yaml", answer.folder);
  CHECK_OK(case_read(PETSC_COMM_WORLD, file, 0, NULL, &c));
  CHECK_OK(segment_task_read(&c, NULL, &task));
  CHECK_OK(variants_make(&c, &task, NULL, &n, variant));
  assert_int_equal(n, STATES);
  variant_materials(&task, &variant[0], material);
  CHECK_OK(segment_create(&c, &task.geometry, force_N, moment_Nmm, material, NULL, &s));
  cut_bone(&task, &s);
  CageTask cage = {&c, &task.geometry, &task.design, &task.cage, 0.202, {{0}}, {{0}}, -1};
  for (int k = 0; k < STATES; k++)
    fill_state(&answer, &task, &s, &variant[k], k, &cage);
  check_bone(&answer);
  for (int k = 0; k < STATES; k++)
    check_state(&answer, &state[k], &variant[k]);
  check_pair(&answer, &state[0], &state[1], "own", "ref1000");
  check_pair(&answer, &state[0], &state[2], "own", "ref200");
  check_voxel_cage(&answer, &cage);
  check_frame_cage(&answer, &cage);
  all_seen(&answer);
  CHECK_OK(variants_free(VARIANTS, variant));
  CHECK_OK(segment_destroy(&s));
  CHECK_OK(case_free(&c));
  answer_close(&answer);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(every_quantity)};
CHECK_MAIN(tests)
