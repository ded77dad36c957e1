#!/bin/bash
# Every mistake an engineer can make ends with status 2, one line on stderr that names the place, and no output folder,
# on one rank and on two. TRABECULA_RANKS="1" limits the ranks; an argument limits the cases to those whose name holds it.
set -u
program=$TRABECULA_PROGRAM
export OMPI_MCA_odls_base_sigkill_timeout=0 # mpirun waits no second for the other ranks of a run that failed
only=${1:-}
here=$(mktemp -d)
trap 'umount "$here/disk" 2>/dev/null; rm -rf "$here"' EXIT
cd "$here" || exit 1
failures=0 tried=0

base_case() {
  cat <<'YAML'
runner: compression
model: voxel
lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, strut_mm: 0.2}
cells: [1, 1, 1]
resolution: {voxels_per_cell: 16}
materials: {strut: {young_MPa: 186000, poisson: 0.35}}
YAML
}

image_case() {
  cat <<YAML
runner: compression
model: voxel
geometry: {image: $1, voxel_mm: 1.0}
materials: {1: {young_MPa: 1000, poisson: 0.3}}
YAML
}

# start RANKS ARGUMENTS...: status, stderr in the file said
start() {
  local ranks=$1
  shift
  if [ "$ranks" -eq 1 ]; then
    timeout 1200 "$program" "$@" >out.txt 2>said </dev/null
  else
    # -q: mpirun does not add its own page about the exit status
    timeout 1200 mpirun -q -n "$ranks" "$program" "$@" >out.txt 2>said </dev/null
  fi
}

complain() {
  echo "FAILED: $1" >&2
  sed 's/^/    | /' said >&2
  failures=$((failures + 1))
}

# Refusals that only the lattice or the voxels themselves show: check builds neither.
built='node_zones|disconnected|empty|solid'

# alike NAME ARGUMENTS...: check refuses what run refused (in the file said), in the same words
alike() {
  local name=$1 words=() i
  shift
  cp said run_said
  for ((i = 2; i <= $#; i++)); do
    [ "${!i}" = -o ] && i=$((i + 1)) && continue
    words+=("${!i}")
  done
  start 1 check "${words[@]}"
  [ $? -eq 2 ] && cmp -s said run_said && return
  grep -qE "$built" run_said || complain "$name: check says otherwise than run: $(cat run_said)"
}

# refuse NAME PATTERN ARGUMENTS...: stderr must be one line that matches the extended regular expression
refuse() {
  local name=$1 pattern=$2 ranks status
  shift 2
  [[ $name == *$only* ]] || return 0
  for ranks in ${TRABECULA_RANKS:-1 2}; do
    tried=$((tried + 1))
    start "$ranks" "$@"
    status=$?
    sed -i '/^\[hwloc/d' said # of MPI's library, in containers without /sys
    [ $status -eq 2 ] || complain "$name, $ranks ranks: status $status instead of 2"
    [ "$(wc -l <said)" -eq 1 ] || complain "$name, $ranks ranks: $(wc -l <said) lines instead of one"
    grep -qE "$pattern" said || complain "$name, $ranks ranks: the line is not like /$pattern/"
    if [ -e results ] || compgen -G 'results*' >/dev/null || compgen -G '.results*' >/dev/null; then
      complain "$name, $ranks ranks: an output folder was left: $(ls -a | grep results | tr '\n' ' ')"
      rm -rf results* .results*
    fi
  done
  [ "$1" != run ] || [[ $name == *output* || $name == *disk* || $name == *option* || $# -lt 4 ]] || alike "$name" "$@"
}

# with NAME 'LINE:COL' PATTERN SED: the base case changed by sed
with() {
  base_case | sed -E "$4" >case.yaml
  cmp -s case.yaml <(base_case) && complain "$1: the change '$4' changed nothing"
  refuse "$1" "^case\.yaml:$2: error: $3" run case.yaml -o results
}

# accept NAME ARGUMENTS...: what the refusals are measured against
accept() {
  local name=$1 ranks
  shift
  for ranks in ${TRABECULA_RANKS:-1 2}; do
    tried=$((tried + 1))
    start "$ranks" "$@" || complain "$name, $ranks ranks: status $? instead of 0"
    [ -f results/summary.json ] || complain "$name, $ranks ranks: no results/summary.json"
    rm -rf results
  done
}

base_case >case.yaml
accept "the base case" run case.yaml -o results
grep -q 'warning: 3.2 voxels across a strut' said || complain "few voxels across a strut: no warning"

# Keys.
with "misspelt key" 3:53 ".*'strut_mn'.*'strut_mm'" 's/strut_mm/strut_mn/'
with "unknown section" 4:1 ".*'cels'.*cells" 's/^cells/cels/'
with "unknown key" 7:1 ".*'colour'" '$a colour: red'
with "missing key" '[0-9]+:[0-9]+' ".*'materials'.*missing" '/^materials/d'
with "missing cells" '[0-9]+:[0-9]+' ".*'cells'" '/^cells/d'
with "missing runner" '[0-9]+:[0-9]+' ".*'runner'" '/^runner/d'
with "unknown runner" 1:9 ".*'?runner'?.*compresion.*compression" 's/compression/compresion/'
with "key twice" 5:1 ".*'cells'.*twice" '4i cells: [2, 2, 2]'
with "unknown cell" 3:17 ".*rhombic-dodecahedrom.*rhombic-dodecahedron" 's/dodecahedron/dodecahedrom/'
with "unknown word" 2:8 ".*'model'.*voxels" 's/model: voxel/model: voxels/'

# Values.
with "wrong type, text" 5:31 ".*'voxels_per_cell' = many" 's/: 16/: many/'
with "wrong type, list" 3:48 ".*'cell_mm'" 's/cell_mm: 1.0/cell_mm: [1, 2]/'
with "wrong type, map" 3:10 ".*'lattice'" 's/^lattice: .*/lattice: 7/'
with "not whole" 4:9 ".*cells.*1\.5" 's/\[1, 1, 1\]/[1.5, 1, 1]/'
with "too few cells" 4:8 ".*'cells'.*three" 's/\[1, 1, 1\]/[1, 1]/'
with "out of range" 3:63 ".*'strut_mm' = -3: must lie in \(0, 10\] mm" 's/0\.2/-3/'
with "modulus of zero" 6:32 ".*young_MPa" 's/186000/0/'
with "Poisson ratio of a half" 6:49 ".*poisson" 's/0\.35/0.5/'
with "NaN" 3:63 ".*'strut_mm' = \.?nan" 's/0\.2/nan/'
with "YAML's NaN" 3:63 ".*'strut_mm' = \.?nan" 's/0\.2/.nan/'
with "infinity" 3:48 ".*'cell_mm' = \.inf" 's/1\.0/.inf/'
with "trailing text" 3:63 ".*'strut_mm' = 0\.2mm" 's/0\.2/0.2mm/'

# Designs.
with "strut thicker than the cell" 3:63 ".*strut_mm.* 1\.5 mm.*thinner" 's/0\.2/1.5/'
with "impossible porosity" '3:[0-9]+' ".*porosity_pct" 's/rhombic-dodecahedron/simple-cubic/; s/strut_mm: 0\.2/porosity_pct: 1/'
with "one measure" '3:[0-9]+' ".*two of" 's/, strut_mm: 0\.2//'
with "three measures" '3:[0-9]+' ".*two of" 's/0\.2/0.2, porosity_pct: 70/'
with "fewer than two voxels a strut" '5:[0-9]+' ".*voxels" 's/: 16/: 8/'

# Materials.
with "unknown material" 6:20 ".*unobtanium.*tantalum-sebm" 's/\{young.*/unobtanium}/'
with "no strut material" '6:[0-9]+' ".*'materials\.strut'" 's/strut: /metal: /'
with "no modulus" '6:[0-9]+' ".*young_MPa" 's/young_MPa: 186000, //'
with "lattice and image" '[0-9]+:[0-9]+' ".*" '$a geometry: {image: x.nii, voxel_mm: 1}'

# Supports and memory.
with "face that does not exist" '7:[0-9]+' ".*load\.faces" '$a load: {faces: {q+: symmetry}}'
with "symmetry where a plate is" '7:[0-9]+' ".*load\.faces" '$a load: {faces: {z+: symmetry}}'
with "more memory than there is" '[0-9]+:[0-9]+' ".*(memory|GB)" 's/\[1, 1, 1\]/[400, 400, 400]/; s/: 16/: 256/'

# The other runners, on the case files that come with the program.
cases=$TRABECULA_SOURCE_DIR/cases
refuse "cage: no height" "^--set cage\.height_mm=0: error: .*height_mm" run "$cases/t6-cage.yaml" -o results --set cage.height_mm=0
refuse "cage: unknown material" "^--set materials\.cage=unobtanium: error: .*unobtanium" \
  run "$cases/t6-cage.yaml" -o results --set materials.cage=unobtanium
refuse "cage: fewer than two voxels a strut" "^--set resolution\.cage_voxel_mm=0\.5: error: .*voxels" \
  run "$cases/t6-cage.yaml" -o results --set resolution.cage_voxel_mm=0.5
refuse "cage: more memory than there is" "error: .*(memory|GB)" \
  run "$cases/t6-cage.yaml" -o results --set resolution.cage_voxel_mm=0.002
refuse "cage alone: a window as wide as the cage" "^--set cage\.window_mm=15: error: .*window_mm.*smaller" \
  run "$cases/cage.yaml" -o results --set cage.window_mm=15
refuse "cage alone: no load" "^--set loads\.rest=.*: error: .*loads\.rest.*no load" \
  run "$cases/cage.yaml" -o results --set 'loads.rest={compression_N: 0}'

# Crushing, defects, lattices that are not plain. changed NAME PATTERN CASE KEY=VALUE: the pattern follows the place.
changed() {
  local name=$1 pattern=$2 case=$3
  shift 3
  refuse "$name" "^--set .*: error: $pattern" run "$cases/$case" -o results --set "$@"
}
metal='young_MPa: 186000, poisson: 0.35'
lattice='cell: rhombic-dodecahedron, cell_mm: 1.0'
changed "crush: unknown response" ".*'response' = plastic.*elastoplastic" crush.yaml load.response=plastic
changed "crush: voxels" ".*elastoplastic: only a frame" compression.yaml load.response=elastoplastic --set model=voxel
changed "crush: no pieces" ".*'pieces' = 0: must lie in \[1, 8\]" crush.yaml crush.pieces=0
changed "crush: no step" ".*'step_pct' = 0: must lie in" crush.yaml crush.step_pct=0
changed "crush: no offset" ".*'offset_pct' = 0: must lie in" crush.yaml crush.offset_pct=0
changed "crush: negative rate" ".*'rate_per_s' = -1: must lie in" crush.yaml crush.rate_per_s=-1
changed "crush: beyond rounding" ".*'rtol' = 1e-12: must lie in \[1e-10" crush.yaml crush.rtol=1e-12
changed "crush: unknown key" ".*'peices'.*pieces" crush.yaml crush.peices=2
changed "crush: more than there is" ".*'strain_pct' = -90: must lie in" crush.yaml load.strain_pct=-90
changed "metal without yield" ".*'strut' has no yield_MPa" crush.yaml "materials={strut: {$metal}}"
changed "metal: tangent of Young's modulus" ".*'tangent_MPa'.*smaller than young_MPa" \
  crush.yaml "materials={strut: {$metal, yield_MPa: 331, tangent_MPa: 186000}}"
changed "metal: half of Voce's law" ".*'voce_exponent' needs key 'voce_saturation_MPa'" \
  crush.yaml "materials={strut: {$metal, yield_MPa: 331, voce_exponent: 5}}"
changed "metal: half of a rate" ".*'rate_per_s' needs key 'rate_exponent'" \
  crush.yaml "materials={strut: {$metal, yield_MPa: 331, rate_per_s: 5}}"
changed "metal: range without its yield stress" ".*'yield_range_MPa' = \[400, 500\].*between them" \
  crush.yaml "materials={strut: {$metal, yield_MPa: 331, yield_range_MPa: [400, 500]}}"
changed "metal: half of a fatigue limit" ".*'fatigue_limit_MPa' needs key 'fatigue_cycles'" \
  crush.yaml "materials={strut: {$metal, yield_MPa: 331, fatigue_limit_MPa: 100}}"
changed "waist of a porosity" ".*'lattice\.waist' = 0\.7: .*give cell_mm and strut_mm" \
  crush.yaml "lattice={cell: rhombic-dodecahedron, cell_mm: 1.0, porosity_pct: 75, waist: 0.7}"
changed "waist as wide as the pore" ".*'lattice\.waist' = 5: .*thinner than" \
  crush.yaml "lattice={$lattice, strut_mm: 0.2, waist: 5}"
changed "bore of all" ".*'bore' = 1: must lie in" crush.yaml "lattice={$lattice, strut_mm: 0.2, bore: 1}"
refuse "struts shorter than their nodes" "^trabecula: error: node_zones: .*too dense for a frame" \
  run "$cases/crush.yaml" -o results --set "lattice={$lattice, strut_mm: 0.6}"
changed "defects: unknown key" ".*'wavyness_pct'.*waviness_pct" crush.yaml "defects={wavyness_pct: 3}"
changed "defects: scatter" ".*'diameter_scatter_pct' = 70: must lie in" crush.yaml "defects={diameter_scatter_pct: 70}"
changed "defects: nothing holds together" ".*'defects\.missing_pct' = 80: the lattice falls apart" \
  crush.yaml "defects={missing_pct: 80}"
changed "defects: nothing left" ".*'defects\.missing_pct' = 99\.9: the lattice falls apart" \
  crush.yaml "defects={missing_pct: 99.9}"
changed "defects: hairs" ".*'defects\.vertical_pct' = -99: .*at least 5 %" crush.yaml "defects={vertical_pct: -99}"
changed "defects: layers that overlap" ".*'defects\.end_layer_mm' = 5: .*half the height" crush.yaml "defects={end_layer_mm: 5}"
changed "no samples" ".*'samples' = 0: must lie in" crush.yaml "monte_carlo={samples: 0}"
changed "samples that are all alike" ".*'monte_carlo\.samples' = 3: all would be alike" crush.yaml "monte_carlo={samples: 3}"
refuse "a sample that is no frame" "^trabecula: error: node_zones: " run "$cases/crush.yaml" -o results \
  --set load.response=elastic --set "defects={diameter_scatter_pct: 50, seed: 4}" --set "monte_carlo={samples: 20}"
changed "strength of voxels" ".*'strength' = on: only frames" table2.yaml strength=on --set model=voxel
changed "strength: two of three cells" ".*'specimen\.cells' has 2 entries" table2.yaml "specimen={cells: [4, 4]}"
changed "strength: unknown plates" ".*'plates' = glued.*clamped" table2.yaml "specimen={plates: glued}"
changed "strength without yield" ".*'strut' has no yield_MPa" table2.yaml strength=on --set "materials={strut: {$metal}}"
refuse "cage alone: misspelt load" "error: .*'flexion_Nmm'.*'flexion_Nm'" \
  run "$cases/cage.yaml" -o results --set 'loads.bend={flexion_Nmm: 5}'
refuse "cage alone: fields of no load case" "^--set fields=sitting: error: .*sitting" run "$cases/cage.yaml" -o results --set fields=sitting
refuse "cage alone: voxels do not buckle" "error: .*buckling\.modes.*frame" \
  run "$cases/cage.yaml" -o results --set model=voxel --set resolution.voxels_per_cell=16
refuse "cage alone: as printed by no factor" "^--set cage\.modulus=as-printed: error: .*stiffness_factor" \
  run "$cases/cage.yaml" -o results --set cage.modulus=as-printed --set materials.strut=peek
refuse "cage alone: tired by no load case" "^--set fatigue=.*: error: .*'fatigue\.to' = jump.*loads" \
  run "$cases/cage.yaml" -o results --set 'fatigue={from: none, to: jump}'
refuse "cage alone: half a cycle" "^--set fatigue=.*: error: .*from and to.*case and R" \
  run "$cases/cage.yaml" -o results --set 'fatigue={from: flexion}'
refuse "cage alone: unlimited strength" "tantalum-sebm\.yaml:1:1: error: .*ultimate_MPa.*goodman" \
  run "$cases/cage.yaml" -o results --set fatigue.correction=goodman
refuse "cage alone: specimens all alike" "^--set monte_carlo\.samples=4: error: .*alike" \
  run "$cases/cage.yaml" -o results --set monte_carlo.samples=4
refuse "bar: longer span than the bar" "error: .*span_mm" run "$cases/bending.yaml" -o results --set load.span_mm=500
refuse "Table 2: unknown cell" "^--set lattice\.cell=foam: error: .*foam" run "$cases/table2.yaml" -o results --set lattice.cell=foam
refuse "cell: expectation of nothing" "error: .*E100_over_Ez" \
  run "$cases/unit-cell.yaml" -o results --set resolution.voxels_per_cell=16 --set model=frame \
  --set 'expect={E100_over_Ez: {lo: 0, source: x}}'

# Case files.
base_case >case.yaml
refuse "no such case" "nothing\.yaml" run nothing.yaml -o results
refuse "a folder" "error: " run "$here" -o results
: >empty.yaml
refuse "an empty file" "^empty\.yaml" run empty.yaml -o results
printf 'runner: [compression\nmodel: voxel\n' >broken.yaml
refuse "not YAML" "^broken\.yaml:[0-9]+:[0-9]+: error: " run broken.yaml -o results
printf 'runner: compression\nmodel: &m voxel\nother: *m\n' >anchor.yaml
refuse "an anchor" "^anchor\.yaml:[0-9]+:[0-9]+: error: " run anchor.yaml -o results
head -c 4096 /dev/urandom >noise.yaml
refuse "noise" "^noise\.yaml" run noise.yaml -o results

# Command line.
refuse "unknown key in --set" "lattice\.strut_mn.*strut_mm" run case.yaml -o results --set lattice.strut_mn=0.2
refuse "bad value in --set" "strut_mm.*-3" run case.yaml -o results --set lattice.strut_mm=-3
refuse "--set without value" "error: " run case.yaml -o results --set lattice.strut_mm
refuse "unknown command" "error: .*rum.*run" rum case.yaml
refuse "unknown option" "error: .*--outptu" run case.yaml --outptu results
refuse "no case" "error: " run
refuse "design without a measure" "error: " design --cell_mm 1
refuse "design of an impossible strut" "error: .*strut" design --cell_mm 1 --strut_mm 2
refuse "list of nothing" "error: .*sells.*cells" list sells

# Images: a NIfTI-1 file of 8 x 8 x 8 bytes of 1 mm; put writes bytes (octal escapes) at an offset.
put() { printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
image() { # FILE: empty
  head -c $((352 + 512)) /dev/zero >"$1"
  put "$1" 0 '\134\001\000\000'                                             # sizeof_hdr 348
  put "$1" 40 '\003\000\010\000\010\000\010\000\001\000\001\000\001\000\001\000' # dim
  put "$1" 70 '\002\000\010\000'                                            # uint8
  put "$1" 76 '\000\000\200\077\000\000\200\077\000\000\200\077\000\000\200\077' # pixdim 1
  put "$1" 108 '\000\000\260\103\000\000\200\077'                           # vox_offset 352, scl_slope 1
  put "$1" 123 '\002'                                                       # mm
  put "$1" 344 'n+1\000'
}
layers() { # FILE FIRST LAST VALUE: whole layers in z
  head -c $((($3 - $2 + 1) * 64)) /dev/zero | tr '\000' "$4" | dd of="$1" bs=1 seek=$((352 + $2 * 64)) conv=notrunc status=none
}
image_case block.nii >image.yaml
image block.nii
layers block.nii 0 7 '\001'
accept "the base image" run image.yaml -o results
rm block.nii
refuse "image missing" "^image\.yaml:3:[0-9]+: error: .*block\.nii" run image.yaml -o results
image block.nii
refuse "empty image" "error: .*(empty|solid|voxel)" run image.yaml -o results
layers block.nii 0 2 '\001'
layers block.nii 5 7 '\001'
refuse "disconnected" "^image\.yaml:3:[0-9]+: error: .*disconnected" run image.yaml -o results
image block.nii
layers block.nii 0 7 '\002'
refuse "label without material" "error: .*(material|label).*2" run image.yaml -o results
truncate -s 600 block.nii
refuse "truncated image" "error: .*block\.nii" run image.yaml -o results
truncate -s 100 block.nii
refuse "truncated header" "error: .*block\.nii" run image.yaml -o results
echo "this is not an image" >block.nii
refuse "not a NIfTI" "error: .*block\.nii" run image.yaml -o results
mkdir folder.nii
image_case folder.nii >image.yaml
refuse "a folder for an image" "error: .*folder\.nii" run image.yaml -o results

# Output folders. Root may write everywhere but into the kernel's own file systems.
refuse "read-only output" "error: .*/proc/trabecula" run case.yaml -o /proc/trabecula
echo kept >taken
refuse "output is a file" "error: .*taken" run case.yaml -o taken
[ "$(cat taken)" = kept ] || complain "output is a file: the file was changed"
if [ "$(id -u)" -eq 0 ] && mkdir disk && mount -t tmpfs -o size=48k none disk 2>/dev/null; then
  base_case | sed 's/: 16/: 32/' >fine.yaml # six voxels a strut: no warning beside the error
  refuse "full disk" "error: .*disk" run fine.yaml -o disk/results
  [ -z "$(ls -A disk)" ] || complain "full disk: left behind: $(ls -A disk)"
  umount disk
else
  echo "skipped: the full disk (this user may not mount one)"
fi

[ $failures -eq 0 ] && echo "$tried runs, every mistake refused in one line"
[ $failures -eq 0 ]
